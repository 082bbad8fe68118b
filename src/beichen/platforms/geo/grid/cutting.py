"""Cutting an area into management cells of about 10,000 m² (万米单元网格), as GB/T 30428.1 wants them.

Squares are laid over the area from west to east and from north to south; what of a square lies within is a
cell. A piece that is too small to be one joins the neighbour with which it shares the longest border.
"""

from __future__ import annotations

import math

import shapely
from shapely.affinity import affine_transform
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from beichen.problem import Problem, ProblemError, Where, code, said

TOO_MANY = code("GEO-133", "The area would have more cells than a community has numbers.", status=422)
MOST = 999
SIDE_M = 100.0
_METRES = 111_195.0
_SMALL = 0.3  # of a whole square


def cut(area: BaseGeometry, side_m: float = SIDE_M) -> list[BaseGeometry]:
    """The cells of an area (WGS 84) from the north-west on, row by row. Raises ProblemError GEO-133."""
    plane = _Plane(area)
    flat = plane.flat(area)
    west, south, east, north = flat.bounds
    across, down = max(1, round((east - west) / side_m)), max(1, round((north - south) / side_m))
    if flat.area > 2 * MOST * side_m**2 or across * down > 50 * MOST:
        raise _too_many(flat.area / side_m**2)
    pieces: list[BaseGeometry] = []
    shapely.prepare(flat)
    wide, high = (east - west) / across, (north - south) / down
    for row in range(down):
        top = north - row * high
        for column in range(across):
            left = west + column * wide
            square = box(left, top - high, left + wide, top)
            if flat.intersects(square):
                pieces += _polygons(flat.intersection(square))
    cells = _joined(pieces, _SMALL * side_m**2)
    if len(cells) > MOST:
        raise _too_many(len(cells))
    return [plane.round(cell) for cell in in_order(cells, high)]


def in_order(cells: list[BaseGeometry], row_height: float) -> list[BaseGeometry]:
    """From left to right, from top to bottom: by rows of their middles."""
    if not cells:
        return []
    north = max(cell.bounds[3] for cell in cells)
    middles = {id(cell): cell.representative_point() for cell in cells}

    def place(cell: BaseGeometry) -> tuple[int, float]:
        middle = middles[id(cell)]
        return int((north - middle.y) / row_height), middle.x

    return sorted(cells, key=place)


def area_m2(area: BaseGeometry) -> float:
    """The area of a shape in WGS 84, in square metres."""
    return float(_Plane(area).flat(area).area)


class _Plane:
    """Metres around the middle of an area: exact to a thousandth where a community lies."""

    def __init__(self, area: BaseGeometry) -> None:
        self.x, self.y = area.centroid.x, area.centroid.y
        self.wide = _METRES * math.cos(math.radians(self.y))

    def flat(self, area: BaseGeometry) -> BaseGeometry:
        """In metres."""
        matrix = [self.wide, 0, 0, _METRES, -self.x * self.wide, -self.y * _METRES]
        return affine_transform(area, matrix)

    def round(self, area: BaseGeometry) -> BaseGeometry:
        """Back in degrees."""
        matrix = [1 / self.wide, 0, 0, 1 / _METRES, self.x, self.y]
        return affine_transform(area, matrix)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The areas of what an intersection left; lines and points have none."""
    parts = shapely.get_parts(shape)
    return [part for part in parts if isinstance(part, Polygon | MultiPolygon) and part.area > 0.01]


def _joined(pieces: list[BaseGeometry], small: float) -> list[BaseGeometry]:
    """Pieces of no size of their own joined to a neighbour; one without a neighbour stays."""
    cells = dict(enumerate(pieces))
    tree = shapely.STRtree(pieces)
    merged: dict[int, int] = {}
    for at in sorted(cells, key=lambda one: float(pieces[one].area)):
        if cells[at].area >= small:
            continue
        beside = {_root(merged, int(one)) for one in tree.query(pieces[at].buffer(0.01))} - {at}
        borders = {
            one: cells[at].intersection(cells[one].buffer(0.01)).length for one in beside if one in cells
        }
        best = max(borders, key=lambda one: borders[one], default=None)
        if best is not None and borders[best] > 0:
            cells[best] = shapely.union_all([cells[best], cells.pop(at)], grid_size=0.001)
            merged[at] = best
    return list(cells.values())


def _root(merged: dict[int, int], at: int) -> int:
    while at in merged:
        at = merged[at]
    return at


def _too_many(number: float) -> ProblemError:
    message = said("about {number:,} cells, at most {most}", number=int(number), most=MOST)
    return ProblemError(
        Problem(TOO_MANY, message, Where(field="area"), said("cut smaller areas, or larger cells"))
    )
