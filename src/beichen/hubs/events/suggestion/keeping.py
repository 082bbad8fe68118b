"""How a classifier is kept: numpy arrays and one JSON document in a zip file, without any pickle.

The document says ``format`` and ``version``, so that a later Beichen can refuse or convert it; the arrays
are ``.npy`` files, which ``numpy.load`` reads too.
"""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import msgspec
import numpy as np
from numpy.lib.format import read_array, write_array
from numpy.typing import NDArray

from beichen.hubs.events.suggestion.codes import NOT_KEPT, OTHER_FORMAT
from beichen.hubs.events.suggestion.model import Model
from beichen.hubs.events.suggestion.quality import Quality
from beichen.problem import Problem, ProblemError, Where, said

FORMAT = "beichen.suggestion.classifier"

VERSION = 1
"""Rises with the document, and with how n-grams are cut and hashed: old weights fit no new ones."""

LARGEST = 1 << 30
"""Bytes that a file may hold when unpacked."""

_ABOUT = "about.json"
_ARRAYS = {"grams": np.uint64, "rarity": np.float32, "weights": np.float32, "bias": np.float32}
_UNREADABLE = (
    EOFError,
    KeyError,
    OverflowError,
    RuntimeError,  # a zip file that is encrypted, or packed by an unknown method
    TypeError,
    ValueError,
    msgspec.MsgspecError,
    zipfile.BadZipFile,
    zlib.error,
)


class Head(msgspec.Struct):
    """What the document of every version says."""

    format: str
    version: int


class About(Head):
    """The document of this version."""

    labels: tuple[str, ...]
    sharpness: float
    threshold: float
    quality: Quality


def write(path: Path, model: Model, threshold: float, quality: Quality) -> None:
    """Write beside ``path`` and rename: a reader sees the old file or the new one. Raises OSError."""
    about = About(FORMAT, VERSION, model.labels, model.sharpness, threshold, quality)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
        try:
            _pack(stream, about, model)
            stream.flush()
            os.fsync(stream.fileno())
            Path(stream.name).replace(path)
        except BaseException:
            Path(stream.name).unlink(missing_ok=True)
            raise


def _pack(stream: IO[bytes], about: About, model: Model) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_ABOUT, msgspec.json.format(msgspec.json.encode(about), indent=1))
        for name in _ARRAYS:
            packed = io.BytesIO()
            write_array(packed, getattr(model, name), allow_pickle=False)
            archive.writestr(f"{name}.npy", packed.getvalue())


def read(path: Path) -> tuple[Model, float, Quality]:
    """Model, threshold and quality. Raises ProblemError EVT-203, EVT-204; OSError without a file."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise ValueError("too large")
            about = _about(archive.read(_ABOUT), path)
            arrays = {name: _array(archive, name) for name in _ARRAYS}
        model = Model(about.labels, **arrays, sharpness=about.sharpness)
        _check(model)
    except _UNREADABLE as error:
        message, hint = said("this is no classifier of Beichen"), said("train it anew from closed cases")
        raise ProblemError(Problem(NOT_KEPT, message, Where(file=str(path)), hint)) from error
    return model, about.threshold, about.quality


def _about(document: bytes, path: Path) -> About:
    head = msgspec.json.decode(document, type=Head)
    if head.format != FORMAT:
        raise ValueError("another format")
    if head.version != VERSION:
        message = said("version {found} of the format, not {wanted}", found=head.version, wanted=VERSION)
        hint = said("train it anew from closed cases")
        raise ProblemError(Problem(OTHER_FORMAT, message, Where(file=str(path)), hint))
    return msgspec.json.decode(document, type=About)


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    found = read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
    if found.dtype != _ARRAYS[name]:
        raise ValueError(f"{name} is {found.dtype}")
    return np.ascontiguousarray(found)


def _check(model: Model) -> None:
    """Raise ValueError for arrays that do not fit each other."""
    labels, grams = len(model.labels), model.grams.size
    shapes = [(grams,), (grams,), (grams, labels), (labels,)]
    if [array.shape for array in (model.grams, model.rarity, model.weights, model.bias)] != shapes:
        raise ValueError("shapes")
    if not labels or len(set(model.labels)) != labels:
        raise ValueError("labels")
    if (model.grams[1:] <= model.grams[:-1]).any() or not np.isfinite(model.sharpness):
        raise ValueError("order")
    if not all(np.isfinite(array).all() for array in (model.rarity, model.weights, model.bias)):
        raise ValueError("numbers")
