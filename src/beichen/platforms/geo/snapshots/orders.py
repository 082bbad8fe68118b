"""Rows of a snapshot by the values of each field, so that a condition need not look at all of them.

An order is four bytes a row: the numbers of the rows that have a value (a number that is none has none), by
value, and by row where values are the same. Bounds of a condition are found in it by halving; the rows
between them are candidates, of which the whole condition is asked. Fields of yes and no have no order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from beichen.platforms.geo.conditions import Bounds
from beichen.platforms.geo.snapshots.building import PIECE
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import Field, FieldKind

MOST_SORTED = 1 << 15  # rows of several values, which are brought into the order of the file


def keep_orders(folder: Path, layout: Layout) -> None:
    """Write the order of each field, read from the folder's columns without copying these."""
    with pa.memory_map(str(folder / "columns.arrow")) as file:
        table = pa.ipc.open_file(file).read_all()
        for place, field in enumerate(layout.fields):
            if field.kind == FieldKind.BOOLEAN or not table.num_rows:
                continue
            column = table.column(field.name)
            known = len(column) - column.null_count
            if field.kind == FieldKind.NUMBER:
                known -= int(pc.sum(pc.is_nan(column)).as_py() or 0)
            # What has no value stands last, and a number that is none before it.
            order = np.asarray(pc.sort_indices(column))[:known]
            np.save(_place(folder, place), order.astype(np.uint32))


def _place(folder: Path, place: int) -> Path:
    return folder / f"order-{place}.npy"


class _Order(NamedTuple):
    """One field's: the rows by value, and what value a row has."""

    rows: npt.NDArray[np.uint32]
    value: Callable[[int], Any]

    def between(self, least: Any, most: Any) -> tuple[int, int]:
        """Where the rows of a range begin and end."""
        start = 0 if least is None else bisect_left(self.rows, least, key=self.value)
        end = len(self.rows) if most is None else bisect_right(self.rows, most, key=self.value)
        return start, max(start, end)


class Found(NamedTuple):
    """What bounds leave: how many rows, where they stand, and whether these have one value all."""

    size: int
    order: _Order
    spans: list[tuple[int, int]]
    is_one_value: bool

    def fits(self, most: int) -> bool:
        """Whether the rows are no more than ``most``; those of several values have to be sorted first, and
        are no more than :data:`MOST_SORTED`."""
        return self.size <= (most if self.is_one_value else min(most, MOST_SORTED))

    def in_file(self) -> npt.NDArray[np.integer[Any]]:
        """The rows in the order of the file, which those of one value have already."""
        if self.is_one_value:
            ((start, end),) = self.spans
            return self.order.rows[start:end]
        return np.unique(np.concatenate([self.order.rows[start:end] for start, end in self.spans]))


class Orders:
    """The orders of a folder, each mapped when a condition first bounds its field."""

    def __init__(self, folder: Path, fields: Sequence[Field], batches: Sequence[pa.RecordBatch]) -> None:
        self._folder = folder
        self._fields = tuple(fields)
        self._batches = batches
        self._kept: dict[str, _Order | None] = {}

    def found(self, bounds: Bounds) -> Found | None:
        """What the bounds leave; None where their field has no order."""
        order = self._order(bounds.name)
        if order is None:
            return None
        spans = [order.between(least, most) for least, most in bounds.ranges]
        size = sum(end - start for start, end in spans)
        is_one_value = len(bounds.ranges) == 1 and bounds.ranges[0][0] == bounds.ranges[0][1]
        return Found(size, order, spans, is_one_value)

    def _order(self, name: str) -> _Order | None:
        if name not in self._kept:
            place = next((at for at, one in enumerate(self._fields) if one.name == name), -1)
            path = _place(self._folder, place)
            self._kept[name] = self._read(path, name) if path.exists() else None
        return self._kept[name]

    def _read(self, path: Path, name: str) -> _Order:
        columns = [batch.column(name) for batch in self._batches]
        kind = columns[0].type

        def value(row: int) -> Any:
            scalar = columns[row // PIECE][row % PIECE]
            return scalar.value if pa.types.is_temporal(kind) else scalar.as_py()

        return _Order(np.asarray(np.load(path, mmap_mode="r")), value)
