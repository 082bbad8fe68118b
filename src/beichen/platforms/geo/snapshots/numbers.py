"""Columns of numbers, days and moments, compared where they are mapped; those rows alone are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from beichen.platforms.geo.conditions import Comparison
from beichen.platforms.geo.snapshots.layout import ARROW
from beichen.platforms.geo.source import FieldKind

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
_HELD: dict[pa.DataType, Any] = {
    ARROW[FieldKind.INTEGER]: np.int64,
    ARROW[FieldKind.NUMBER]: np.float64,
    ARROW[FieldKind.DATE]: np.int32,
    ARROW[FieldKind.TIME]: np.int64,
}


class _Piece(NamedTuple):
    """A column in one batch: its values, and a bit for each that is known; None where all are."""

    values: npt.NDArray[Any]
    bits: npt.NDArray[np.uint8] | None
    first: int
    """The bit of the first value."""

    def holding(self, one: Comparison, rows: Rows) -> Mask:
        values = self.values[rows]
        if one.is_real and values.dtype != np.float64:
            values = values.astype(np.float64)
        found: Mask = _SIGNS[one.sign](values, one.value)
        if self.bits is not None:
            at = rows + self.first
            found &= (self.bits[at >> 3] >> (at & 7) & 1).astype(bool)
        return found


class Numbers:
    """The columns of batches that are all as long as the first, but for the last."""

    def __init__(self, batches: Sequence[pa.RecordBatch]) -> None:
        self._batches = batches
        self._length = batches[0].num_rows if batches else 1
        self._kept: dict[str, list[_Piece]] = {}

    def holding(self, one: Comparison, rows: Rows) -> Mask:
        """Of which rows, in ascending order, the comparison is true: a missing value's never is."""
        if not len(rows):
            return np.empty(0, bool)
        pieces, length = self._pieces(one.name), self._length
        first, last = int(rows[0]) // length, int(rows[-1]) // length
        if first == last:
            return pieces[first].holding(one, rows - first * length)
        edges = np.searchsorted(rows, np.arange(first + 1, last + 1) * length).tolist()
        starts, ends = [0, *edges], [*edges, len(rows)]
        return np.concatenate(
            [
                pieces[place].holding(one, rows[start:end] - place * length)
                for place, start, end in zip(range(first, last + 1), starts, ends, strict=True)
                if end > start
            ]
        )

    def _pieces(self, name: str) -> list[_Piece]:
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = [_piece(batch.column(name)) for batch in self._batches]
        return kept


def _piece(column: pa.Array) -> _Piece:
    bits, content = column.buffers()
    values = np.frombuffer(content, _HELD[column.type])[column.offset : column.offset + len(column)]
    known = np.frombuffer(bits, np.uint8) if column.null_count else None
    return _Piece(values, known, column.offset)
