"""Where the open cases are: counted by H3 cell, gathered into larger cells for a zoom; a place is a range.

A case's cell has resolution 10. Its cells within a larger cell are the numbers between the first and the
last of them, so that a place is a range of the index on open cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import h3.api.basic_int as h3
from django.db.models import Count, F, Min, Q, QuerySet

from beichen.fronts.governance.counts import ONE, Seen, kept
from beichen.hubs.events.models import Case

FINEST = 10
COARSEST = 5
_DIGIT_BITS, _RESOLUTIONS, _LAST_CHILD = 3, 15, 6
# From this zoom on, cells of a resolution are about as large as a sign on the map.
_ZOOMS = ((15.0, 10), (13.5, 9), (12.0, 8), (10.5, 7), (8.5, 6))


@dataclass(frozen=True, slots=True)
class Spot:
    """The open cases of one cell; ``longitude`` and ``latitude`` are the cell's middle, WGS 84."""

    cell: int
    count: int
    overdue: int
    longitude: float
    latitude: float

    @property
    def key(self) -> str:
        """The cell as addresses write it."""
        return str(h3.int_to_str(self.cell))

    @property
    def tone(self) -> str:
        """The colour token: how much of it is overdue."""
        if self.overdue * 4 >= self.count:
            return "missed"
        return "behind" if self.overdue else "on-course"


def resolution_of(zoom: float) -> int:
    """The resolution of the cells that a map of this zoom shows."""
    return next((resolution for least, resolution in _ZOOMS if zoom >= least), COARSEST)


def counted_cells(seen: Seen, now: datetime, resolution: int) -> list[tuple[int, int, int]]:
    """(cell, open, overdue) of each cell of a resolution with open cases that the actor may see.

    The database gathers the finest cells: those within a larger one agree in all digits above its own, and
    whichever of them it names leads back to it.
    """
    finer = 1 << (_DIGIT_BITS * (_RESOLUTIONS - resolution))

    def work() -> list[tuple[int, int, int]]:
        rows: Any = seen.rows.filter(is_open=True, cell__isnull=False)
        counts = {"one": Min("cell"), "found": Count(ONE), "late": Count(ONE, filter=Q(due_at__lt=now))}
        gathered = rows.annotate(within=F("cell") / finer).values("within").annotate(**counts)
        return [
            (h3.cell_to_parent(one, resolution), found, late)
            for one, found, late in gathered.values_list("one", "found", "late")
        ]

    return kept(f"cells.{resolution}", seen, work)


def spots(cells: list[tuple[int, int, int]], resolution: int) -> Iterator[Spot]:
    """The cells gathered into those of a resolution, the fullest first; worked out as they are asked for."""
    counts: Counter[int] = Counter()
    late: Counter[int] = Counter()
    for cell, found, overdue in cells:
        parent = h3.cell_to_parent(cell, resolution)
        counts[parent] += found
        late[parent] += overdue
    for cell, count in counts.most_common():
        latitude, longitude = h3.cell_to_latlng(cell)
        yield Spot(cell, count, late[cell], round(longitude, 6), round(latitude, 6))


def cell_of_key(key: str) -> int | None:
    """The cell of an address; None for anything that is none between the coarsest and the finest."""
    try:
        cell = int(h3.str_to_int(key[:16]))
    except ValueError:
        return None
    is_sound = h3.is_valid_cell(cell) and COARSEST <= h3.get_resolution(cell) <= FINEST
    return cell if is_sound else None


def within(rows: QuerySet[Case], cell: int) -> QuerySet[Case]:
    """Those of ``rows`` whose place lies in the cell."""
    first = int(h3.cell_to_center_child(cell, FINEST))
    last = first
    for resolution in range(h3.get_resolution(cell) + 1, FINEST + 1):
        last |= _LAST_CHILD << (_DIGIT_BITS * (_RESOLUTIONS - resolution))
    return rows.filter(cell__gte=first, cell__lte=last).filter(is_open=True)
