"""Web Mercator on a sheet of paper: longitude and latitude as positions of an SVG, and areas on the globe.

The sheet uses the same projection as the live map, so that the drawn picture and the map that takes its
place lie on each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EARTH_KM = 6371.0088
Position = Sequence[float]


@dataclass(frozen=True, slots=True)
class Bounds:
    """West, south, east and north in degrees."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{value:.5f}" for value in (self.west, self.south, self.east, self.north))


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


@dataclass(frozen=True, slots=True)
class Sheet:
    """``bounds`` drawn ``width`` units wide; the height follows."""

    bounds: Bounds
    width: float = 1000.0

    @property
    def scale(self) -> float:
        """Units a radian."""
        return self.width / math.radians(self.bounds.east - self.bounds.west)

    @property
    def height(self) -> float:
        """The sheet's height in units."""
        return (_mercator(self.bounds.north) - _mercator(self.bounds.south)) * self.scale

    def place(self, position: Position) -> tuple[float, float]:
        """A position as x (to the right) and y (downwards)."""
        x = math.radians(position[0] - self.bounds.west) * self.scale
        y = (_mercator(self.bounds.north) - _mercator(position[1])) * self.scale
        return x, y

    def path(self, lines: Iterable[Sequence[Position]], *, is_closed: bool) -> str:
        """SVG path data of lines or rings, to a tenth of a unit."""
        parts = []
        for line in lines:
            points = [f"{x:.1f} {y:.1f}" for x, y in map(self.place, line)]
            parts.append("M" + "L".join(points) + ("Z" if is_closed else ""))
        return "".join(parts)


def ring_area(ring: Sequence[Position]) -> float:
    """The area within a ring on the sphere, in square kilometres."""
    total = 0.0
    for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
        step = math.radians(there[0] - here[0])
        total += step * (2 + math.sin(math.radians(here[1])) + math.sin(math.radians(there[1])))
    return abs(total) * EARTH_KM**2 / 2
