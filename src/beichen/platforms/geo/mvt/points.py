"""Writes a tile of plain points (Mapbox Vector Tile 2.1) from whole columns at once.

A tile of points is most of what a city's map asks for, and general encoders walk it feature by feature.
Here a feature is a line of a matrix of bytes, as wide as the widest: each number of all features is written
into its columns in one step (Protocol Buffers' varints), and bytes that shorter numbers do not need are left
out at the end. `tests/test_mvt.py` reads the tiles back with a decoder that is not ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from beichen.platforms.geo.mvt.values import messages, plain
from beichen.platforms.geo.mvt.varints import lengths, message, varint, zigzag

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
_VERSION = 2
_MOVE_TO = 9  # MoveTo, once (MVT 4.3.1)
# Tags of the messages' fields: number << 3 | wire type.
_TILE_LAYER, _NAME, _FEATURE, _KEY, _EXTENT, _LAYER_VERSION = 0x1A, 0x0A, 0x12, 0x1A, 0x28, 0x78
_TAGS, _TYPE, _GEOMETRY, _POINT = 0x12, 0x18, 0x22, 1


class Tag(NamedTuple):
    """A property: which value of the layer each feature has, and which features have one (None: all)."""

    key: str
    value: Numbers
    shown: Mask | None = None


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of some features, and the layer's values as messages in the order of their numbers."""

    tags: Sequence[Tag]
    values: Sequence[bytes]


class _Cell(NamedTuple):
    """A number of each feature, in bytes of its varint, where it is shown."""

    number: Any
    width: int
    shown: Mask | None


def written(
    x: npt.NDArray[Any], y: npt.NDArray[Any], properties: Properties, name: str, extent: int
) -> bytes:
    """One layer of points at whole ``x`` and ``y`` in the tile's units, of which ``extent`` are its side."""
    layer = b"".join(
        (
            message(_NAME, name.encode()),
            _features(properties.tags, zigzag(x).astype(np.int64), zigzag(y).astype(np.int64)),
            *(message(_KEY, tag.key.encode()) for tag in properties.tags),
            *properties.values,
            bytes((_EXTENT,)), varint(extent), bytes((_LAYER_VERSION, _VERSION)),
        )
    )  # fmt: skip
    return message(_TILE_LAYER, layer)


def properties_of(table: pa.Table) -> Properties:
    """The columns as properties, each value once."""
    tags: list[Tag] = []
    values: list[bytes] = []
    known = 0
    for key, column in zip(table.column_names, table.columns, strict=True):
        coded = plain(column).dictionary_encode()
        shown = np.asarray(coded.is_valid()) if coded.null_count else None
        indices = coded.indices.fill_null(0) if coded.null_count else coded.indices
        tags.append(Tag(key, np.asarray(indices).astype(np.int64) + known, shown))
        values.append(messages(coded.dictionary).content.tobytes())
        known += len(coded.dictionary)
    return Properties(tags, values)


def _features(tags: Sequence[Tag], x: Numbers, y: Numbers) -> bytes:
    """The features' messages, a line each."""
    of_tags = np.zeros(len(x), np.int64)
    cells: list[_Cell] = []
    for number, tag in enumerate(tags):
        key, value = _cell(number, tag.shown), _cell(tag.value, tag.shown)
        length = key.width + lengths(tag.value)
        of_tags += length if tag.shown is None else length * tag.shown
        cells += [key, value]
    of_place = 1 + lengths(x) + lengths(y)
    has_tags = None if of_tags.all() else of_tags > 0
    head = 1 + lengths(of_tags) + of_tags
    inside = (head if has_tags is None else head * has_tags) + 3 + lengths(of_place) + of_place
    cells = [_cell(_FEATURE), _cell(inside), _cell(_TAGS, has_tags), _cell(of_tags, has_tags), *cells]
    return _lines([*cells, *map(_cell, (_TYPE, _POINT, _GEOMETRY, of_place, _MOVE_TO, x, y))], len(x))


def _cell(number: Any, shown: Mask | None = None) -> _Cell:
    largest = number if isinstance(number, int) else int(number.max(initial=0))
    return _Cell(number, len(varint(largest)), shown)


def _lines(cells: list[_Cell], count: int) -> bytes:
    """The numbers of each feature behind each other, feature after feature."""
    out = np.empty((count, sum(cell.width for cell in cells)), np.uint8)
    kept = np.ones(out.shape, bool)
    at = 0
    for cell in cells:
        numbers = np.asarray(cell.number)
        for place in range(cell.width):
            rest = numbers >> 7
            is_last = place == cell.width - 1
            out[:, at] = numbers if is_last else (numbers & 0x7F) | ((rest > 0) << 7)
            if place:
                kept[:, at] = numbers > 0
            if cell.shown is not None:
                kept[:, at] &= cell.shown
            numbers, at = rest, at + 1
    return (out if kept.all() else out[kept]).tobytes()
