"""Where contents lie: a folder or an S3 bucket, under their SHA-256.

A content is first spooled to a file of our own while it is counted and hashed; only a whole one is put
into the store, whose put is atomic. Killed or out of space in between, nothing half-written is seen.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from beichen.kernel.files.media import HEAD
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.settings import settings

TOO_LARGE = code("FIL-103", "The file is larger than is taken.", status=413)
NO_SPACE = code("FIL-104", "The file store cannot take the file now.", status=507)
MISSING = code("FIL-105", "A stored content is missing.", status=500)
DAMAGED = code("FIL-106", "A stored content differs from its hash.", status=500)

CHUNK = 1 << 20
DOUBTFUL = "doubtful"  # names of contents about whose rows a transaction was deciding: see doubt
ASIDE = "aside"  # contents that no row had; nothing is removed at once: see set_aside


@dataclass(frozen=True, slots=True)
class Spooled:
    """A content that arrived whole: a file of our own, its hash, size in bytes, and first bytes."""

    file: IO[bytes]
    hash: str
    size: int
    head: bytes


@cache
def contents() -> ObjectStore:
    """The store that `BEICHEN_FILES_URL` names."""
    target = settings().files
    if "://" in target:
        return from_url(target)
    return LocalStore(target, mkdir=True)


def path_of(content: str) -> str:
    """Where a content lies: two folders deep, so that none grows large."""
    return f"{content[:2]}/{content[2:4]}/{content}"


@contextmanager
def spool(stream: BinaryIO, name: str, limit: int) -> Iterator[Spooled]:
    """Read ``stream`` to its end into a temporary file. Raises ProblemError FIL-103 and FIL-104."""
    folder = settings().data_dir / "spool"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            spooled = _copy(stream, file, name, limit)
        except OSError as error:
            raise ProblemError(_no_space(error)) from error
        yield spooled


def _copy(stream: BinaryIO, file: IO[bytes], name: str, limit: int) -> Spooled:
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            message = said("more than {limit} MB", limit=limit // (1 << 20))
            raise ProblemError(Problem(TOO_LARGE, message, Where(field=name[:60])))
        head = (head + chunk)[:HEAD] if len(head) < HEAD else head
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    file.seek(0)
    return Spooled(file, digest.hexdigest(), size, head)


def _no_space(error: OSError) -> Problem:
    reason = (error.strerror or type(error).__name__)[:60]
    return Problem(
        NO_SPACE,
        said("the store answers: {reason}", reason=reason),
        hint=said("try again later; operators: beichen doctor"),
    )


def _settle(store: ObjectStore, path: str) -> None:
    """Make a local content survive a power cut: the file first, then the folder that names it."""
    if isinstance(store, LocalStore) and store.prefix is not None:
        target = Path(store.prefix) / path
        for place in (target, target.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def put(spooled: Spooled) -> None:
    """Keep a content; one that is there already is not written again. Raises ProblemError FIL-104."""
    store, path = contents(), path_of(spooled.hash)
    try:
        if _size(path) != spooled.size:
            obstore.put(store, path, spooled.file, chunk_size=CHUNK * 8)
            _settle(store, path)
    except OSError as error:
        raise ProblemError(_no_space(error)) from error
    except obstore.exceptions.BaseError as error:
        raise ProblemError(_no_space(OSError(str(error)))) from error


def _size(path: str) -> int | None:
    try:
        return int(obstore.head(contents(), path)["size"])
    except FileNotFoundError:
        return None


def read(content: str) -> Iterator[bytes]:
    """The content's bytes in pieces. Raises ProblemError FIL-105 before the first piece."""
    try:
        result = obstore.get(contents(), path_of(content))
    except FileNotFoundError:
        raise ProblemError(
            Problem(MISSING, said("content {content}… is missing", content=content[:12]))
        ) from None
    return (bytes(piece) for piece in result.stream(min_chunk_size=CHUNK))


def _aside(day: date, content: str = "") -> str:
    return f"{ASIDE}/{day.isoformat()}/{path_of(content) if content else ''}"


def set_aside(content: str, today: date) -> None:
    """Take a content out of reach; :func:`bring_back` undoes it, :func:`forget_aside` ends it."""
    with suppress(FileNotFoundError):
        obstore.rename(contents(), path_of(content), _aside(today, content))


def bring_back(content: str, today: date) -> None:
    """Put a content that was set aside today or yesterday into reach again, when it is in reach no more."""
    for day in (today, today - timedelta(days=1)):
        if _size(path_of(content)) is None:
            with suppress(FileNotFoundError):
                obstore.rename(contents(), _aside(day, content), path_of(content))


def forget_aside(today: date) -> int:
    """Remove what was set aside before yesterday; how many contents that were."""
    store, kept = contents(), (_aside(today), _aside(today - timedelta(days=1)))
    listed = [one["path"] for piece in obstore.list(store, ASIDE) for one in piece]
    paths = [path for path in listed if not path.startswith(kept)]
    if paths:
        obstore.delete(store, paths)
    return len(paths)


def doubt(content: str, today: date) -> str:
    """Note that a transaction decides whether a content has a row; give the note to :func:`be_sure` after.

    A process that is killed, or a transaction that is taken back, leaves the note for :func:`doubtful`.
    """
    note = f"{DOUBTFUL}/{today.isoformat()}/{content}.{secrets.token_hex(4)}"
    try:
        obstore.put(contents(), note, b"")
    except OSError as error:
        raise ProblemError(_no_space(error)) from error
    except obstore.exceptions.BaseError as error:
        raise ProblemError(_no_space(OSError(str(error)))) from error
    return note


def be_sure(note: str) -> None:
    """It is decided, and done. A note that cannot be removed now does no harm."""
    with suppress(OSError, obstore.exceptions.BaseError):
        obstore.delete(contents(), note)


def doubtful(today: date) -> list[tuple[str, str]]:
    """The notes of days before today, each with its content: what they waited for is over."""
    listed = [str(one["path"]) for piece in obstore.list(contents(), DOUBTFUL) for one in piece]
    return [
        (path, path.rpartition("/")[2].partition(".")[0])
        for path in listed
        if path.split("/")[1] < today.isoformat()
    ]


def damage(content: str) -> Problem | None:
    """What is wrong with a stored content, or None."""
    digest = hashlib.sha256()
    try:
        for piece in read(content):
            digest.update(piece)
    except ProblemError as error:
        return error.problems[0]
    if digest.hexdigest() != content:
        return Problem(
            DAMAGED,
            said("content {content}… differs from its hash", content=content[:12]),
            hint=said("restore it from a backup"),
        )
    return None


def put_named(path: str, content: bytes) -> None:
    """Keep a content under a name of a room's own, in place of what it held. Raises ProblemError FIL-104."""
    store = contents()
    try:
        obstore.put(store, path, content)
        _settle(store, path)
    except OSError as error:
        raise ProblemError(_no_space(error)) from error
    except obstore.exceptions.BaseError as error:
        raise ProblemError(_no_space(OSError(str(error)))) from error


def named(path: str) -> bytes | None:
    """What stands under a name; None when nothing does. Raises ProblemError FIL-104 when it is away."""
    try:
        return bytes(obstore.get(contents(), path).bytes())
    except FileNotFoundError:
        return None
    except obstore.exceptions.BaseError as error:
        raise ProblemError(_no_space(OSError(str(error)))) from error


def remove_below(folder: str) -> None:
    """Let go of what stands under the names that begin with a folder's."""
    store = contents()
    paths = [one["path"] for piece in obstore.list(store, folder) for one in piece]
    if paths:
        obstore.delete(store, paths)
