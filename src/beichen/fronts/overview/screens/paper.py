"""Where widgets of a screen stand on paper: the same flow as on the page, cut into sheets between widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 14
"""Of a sheet; one that no line between widgets divides holds more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A widget on the grid: columns and rows, counted from 0."""

    number: int
    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of the grid that stand on one sheet, and the widgets on it."""

    first: int
    last: int
    places: tuple[Place, ...]

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return self.last - self.first


def places(widgets: Sequence[dict[str, Any]], columns: int) -> list[Place]:
    """Each widget where it fits first, one after the other: as a browser lays out a dense grid."""
    taken: set[tuple[int, int]] = set()
    found = []
    for number, widget in enumerate(widgets):
        width, height = min(widget["width"], columns), widget["height"]
        spots = ((row, column) for row in range(1000) for column in range(columns - width + 1))
        for top, left in spots:
            cells = {(top + down, left + right) for down in range(height) for right in range(width)}
            if not cells & taken:
                taken |= cells
                found.append(Place(number, left, top, width, height))
                break
    return found


def sheets(placed: Sequence[Place], most_rows: int = MOST_ROWS) -> list[Sheet]:
    """The rows cut where no widget stands across the cut, into as few sheets as that allows."""
    end = max((one.bottom for one in placed), default=0)
    cuts = [row for row in range(1, end + 1) if not any(one.top < row < one.bottom for one in placed)]
    found, first = [], 0
    while first < end:
        fitting = [cut for cut in cuts if first < cut <= first + most_rows]
        last = fitting[-1] if fitting else next(cut for cut in cuts if cut > first)
        held = tuple(one for one in placed if first <= one.top < last)
        if held:
            found.append(Sheet(first, last, held))
        first = last
    return found
