"""Values of features as a layer's messages (MVT 2.1, 4.1), a column at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from beichen.platforms.geo.mvt.varints import Bytes, Places, lengths, put, zigzag

_VALUE = 0x22
_TEXT, _DOUBLE, _SIGNED, _TRUTH = 0x0A, 0x19, 0x30, 0x38


class Messages(NamedTuple):
    """Messages behind each other, and where each begins; the last of ``edges`` is their end."""

    content: Bytes
    edges: Places


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One array of text, whole numbers, numbers or yes and no; days and moments as text, moments in UTC."""
    whole = column
    if isinstance(column, pa.ChunkedArray):
        whole = column.combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    if pa.types.is_date(whole.type):
        return whole.cast(pa.string())
    if pa.types.is_timestamp(whole.type):
        return pc.strftime(whole.cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%SZ")
    return whole


def messages(found: pa.Array) -> Messages:
    """Each value of a :func:`plain` array as a message; none where there is no value."""
    if not found.null_count:
        return _messages(found)
    known = np.asarray(found.is_valid())
    content, edges = _messages(found.drop_null())
    sizes = np.zeros(len(found), np.int64)
    sizes[known] = np.diff(edges)
    return Messages(content, _edges(sizes))


def _messages(found: pa.Array) -> Messages:
    if pa.types.is_boolean(found.type):
        truth = np.asarray(found).astype(np.uint8)
        return _even(np.stack([np.full_like(truth, one) for one in (_VALUE, 2, _TRUTH)] + [truth], 1))
    if pa.types.is_floating(found.type):
        lines = np.empty((len(found), 11), np.uint8)
        lines[:, :3] = _VALUE, 9, _DOUBLE
        lines[:, 3:] = np.asarray(found, "<f8").view(np.uint8).reshape(-1, 8)
        return _even(lines)
    if pa.types.is_integer(found.type):
        numbers = zigzag(np.asarray(found, np.int64))
        size = 1 + lengths(numbers)
        edges = _edges(1 + lengths(size) + size)
        out = np.empty(int(edges[-1]), np.uint8)
        _headed(out, edges[:-1], (size, _SIGNED, numbers))
        return Messages(out, edges)
    return _texts(found.cast(pa.string()))


def _texts(found: pa.Array) -> Messages:
    """Texts: their bytes are copied in one step, each behind its own head."""
    if not len(found):
        return Messages(np.empty(0, np.uint8), np.zeros(1, np.int64))
    _validity, offsets, data = found.buffers()
    ends = np.frombuffer(offsets, np.int32, len(found) + 1, found.offset * 4).astype(np.int64)
    text = np.diff(ends)
    size = 1 + lengths(text) + text
    edges = _edges(1 + lengths(size) + size)
    out = np.empty(int(edges[-1]), np.uint8)
    at = _headed(out, edges[:-1], (size, _TEXT, text))
    if ends[-1] > ends[0]:
        _copied(out, at, np.frombuffer(data, np.uint8), ends)
    return Messages(out, edges)


def joined(columns: Sequence[Messages]) -> Messages:
    """Of each feature its messages of all columns, one behind the other."""
    sizes = [np.diff(one.edges) for one in columns]
    edges = _edges(np.sum(sizes, axis=0))
    out = np.empty(int(edges[-1]), np.uint8)
    at = edges[:-1]
    for one, size in zip(columns, sizes, strict=True):
        _copied(out, at, one.content, one.edges)
        at = at + size
    return Messages(out, edges)


def _even(lines: Bytes) -> Messages:
    return Messages(lines.ravel(), np.arange(len(lines) + 1, dtype=np.int64) * lines.shape[1])


def _edges(sizes: npt.NDArray[np.int64]) -> Places:
    edges = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=edges[1:])
    return edges


def _headed(out: Bytes, at: Places, numbers: Sequence[Any]) -> Places:
    """Begin messages of the layer with these numbers; where what they hold goes on."""
    for number in (_VALUE, *numbers):
        at = put(out, at, number)
    return at


def _copied(out: Bytes, at: Places, content: Bytes, edges: Places) -> None:
    """Copy pieces of ``content`` between ``edges`` to their places in ``out``."""
    places = np.repeat(at - edges[:-1], np.diff(edges)) + np.arange(edges[0], edges[-1])
    out[places] = content[edges[0] : edges[-1]]
