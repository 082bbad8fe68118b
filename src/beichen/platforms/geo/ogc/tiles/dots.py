"""Writes a tile of plain points (Mapbox Vector Tile 2.1) from whole columns at once.

A tile of points is most of what a city's map asks for, and general encoders walk it feature by feature. Here
the lengths of all messages are known first; then each number of all features is written at its places in one
step (Protocol Buffers' varints), and texts are copied between their heads. `tests/test_dots.py` reads the
tiles back with a decoder that is not ours.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from beichen.platforms.geo.ogc.tiles.schemes import EXTENT

Numbers = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
_VERSION = 2
_MOVE_TO = 9  # MoveTo, once (MVT 4.3.1)
# Tags of the messages' fields: number << 3 | wire type.
_TILE_LAYER, _NAME, _FEATURE, _KEY, _VALUE, _EXTENT, _LAYER_VERSION = 0x1A, 0x0A, 0x12, 0x1A, 0x22, 0x28, 0x78
_TAGS, _TYPE, _GEOMETRY, _POINT = 0x12, 0x18, 0x22, 1
_TEXT, _DOUBLE, _SIGNED, _TRUTH = 0x0A, 0x19, 0x30, 0x38


class _Tag(NamedTuple):
    """A column's key, each feature's value, and which features have one (None: all)."""

    key: int
    value: npt.NDArray[np.int64]
    shown: npt.NDArray[np.bool_] | None


def written(table: pa.Table, x: npt.NDArray[Any], y: npt.NDArray[Any], name: str) -> bytes:
    """One layer of points at whole ``x`` and ``y`` in the tile's units; the columns are properties."""
    tags, keys, values = _properties(table)
    layer = b"".join(
        (
            _message(_NAME, name.encode()),
            _features(tags, _zigzag(x), _zigzag(y)),
            *(_message(_KEY, key.encode()) for key in keys),
            *values,
            bytes((_EXTENT,)), _varint(EXTENT), bytes((_LAYER_VERSION, _VERSION)),
        )
    )  # fmt: skip
    return _message(_TILE_LAYER, layer)


def _features(tags: list[_Tag], x: Numbers, y: Numbers) -> bytes:
    """The features' messages: their lengths first, then all of their numbers at their places."""
    of_tags = np.zeros(len(x), np.int64)
    for tag in tags:
        length = _length(tag.value) + len(_varint(tag.key))
        of_tags += length if tag.shown is None else length * tag.shown
    of_place = 1 + _length(x) + _length(y)
    has_tags = of_tags > 0
    inside = has_tags * (1 + _length(of_tags) + of_tags) + 3 + _length(of_place) + of_place
    out, at = _room(1 + _length(inside) + inside)
    at = _put(out, _put(out, at, _FEATURE), inside)
    at = _put(out, at, _TAGS, has_tags)
    at = _put(out, at, of_tags, has_tags)
    for tag in tags:
        at = _put(out, _put(out, at, tag.key, tag.shown), tag.value, tag.shown)
    for number in (_TYPE, _POINT, _GEOMETRY, of_place, _MOVE_TO, x, y):
        at = _put(out, at, number)
    return out.tobytes()


def _properties(table: pa.Table) -> tuple[list[_Tag], list[str], list[bytes]]:
    """Tags of the features by column, the names of keys, the values' bytes."""
    tags: list[_Tag] = []
    values: list[bytes] = []
    known = 0
    for number, column in enumerate(table.columns):
        coded = _plain(column).dictionary_encode()
        shown = np.asarray(coded.is_valid()) if coded.null_count else None
        indices = coded.indices.fill_null(0) if coded.null_count else coded.indices
        tags.append(_Tag(number, np.asarray(indices).astype(np.int64) + known, shown))
        values.append(_values(coded.dictionary))
        known += len(coded.dictionary)
    return tags, table.column_names, values


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """One array of text, whole numbers, numbers or yes and no; days and moments as text, moments in UTC."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    if pa.types.is_date(whole.type):
        return whole.cast(pa.string())
    if pa.types.is_timestamp(whole.type):
        return pc.strftime(whole.cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%SZ")
    return whole


def _values(found: pa.Array) -> bytes:
    """Distinct values as messages of the layer, in their order."""
    if pa.types.is_boolean(found.type):
        return b"".join(_message(_VALUE, bytes((_TRUTH, bool(one)))) for one in found.to_pylist())
    if pa.types.is_floating(found.type):
        lines = np.empty((len(found), 11), np.uint8)
        lines[:, :3] = _VALUE, 9, _DOUBLE
        lines[:, 3:] = np.asarray(found, "<f8").view(np.uint8).reshape(-1, 8)
        return lines.tobytes()
    if pa.types.is_integer(found.type):
        numbers = _zigzag(np.asarray(found, np.int64))
        size = 1 + _length(numbers)
        out, at = _room(1 + _length(size) + size)
        for part in (_VALUE, size, _SIGNED, numbers):
            at = _put(out, at, part)
        return out.tobytes()
    return _texts(found.cast(pa.string()))


def _texts(found: pa.Array) -> bytes:
    """Texts as messages: their bytes are copied in one step, each behind its own head."""
    if not len(found):
        return b""
    _validity, offsets, data = found.buffers()
    edges = np.frombuffer(offsets, np.int32, len(found) + 1, found.offset * 4).astype(np.int64)
    text = np.diff(edges)
    size = 1 + _length(text) + text
    out, at = _room(1 + _length(size) + size)
    for part in (_VALUE, size, _TEXT, text):
        at = _put(out, at, part)
    if edges[-1] > edges[0]:
        places = np.repeat(at - edges[:-1], text) + np.arange(edges[0], edges[-1])
        out[places] = np.frombuffer(data, np.uint8)[edges[0] : edges[-1]]
    return out.tobytes()


def _room(sizes: npt.NDArray[np.int64]) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Space for messages of these sizes behind each other, and where each begins."""
    ends = np.cumsum(sizes)
    return np.empty(int(ends[-1]) if len(ends) else 0, np.uint8), ends - sizes


def _put(
    out: Bytes, at: npt.NDArray[np.int64], number: Any, shown: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.int64]:
    """Write a number of each message as a varint at its place, where it is ``shown``; where to go on."""
    if isinstance(number, int) and number < 0x80:
        out[at if shown is None else at[shown]] = number
        return at + (1 if shown is None else shown)
    numbers = np.broadcast_to(np.asarray(number), at.shape)
    length = _length(numbers)
    after = at + (length if shown is None else length * shown)
    if shown is not None:
        at, numbers = at[shown], numbers[shown]
    while len(at):
        rest = numbers >> 7
        more = rest > 0
        out[at] = (numbers & 0x7F).astype(np.uint8) | (more.view(np.uint8) << 7)
        at, numbers = at[more] + 1, rest[more]
    return after


def _length(numbers: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Bytes of each number as a varint."""
    found = np.ones(numbers.shape, np.int64)
    edge = 1 << 7
    largest = int(numbers.max(initial=0))
    while edge <= largest:
        found += numbers >= edge
        edge <<= 7
    return found


def _zigzag(numbers: npt.NDArray[Any]) -> Numbers:
    """Signed as unsigned, small ones small."""
    signed = numbers.astype(np.int64)
    return ((signed << 1) ^ (signed >> 63)).view(np.uint64)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def _message(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + _varint(len(content)) + content
