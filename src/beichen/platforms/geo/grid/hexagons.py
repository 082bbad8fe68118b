"""H3 cells as numbers: of a point at every resolution, as an area, and as a range of finer cells.

All cells of one resolution below a cell are neighbours as numbers: whatever keeps one H3 cell of a fixed
resolution under an index is found for any larger cell by one range.
"""

from __future__ import annotations

import h3.api.basic_int as h3

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

BAD_CELL = code("GEO-132", "There is no such H3 cell.", status=422)
KEPT = 10
"""The resolution whose cell everything with a place is kept under: some 130 m across."""
RESOLUTIONS = range(5, 13)
"""From about 250 km² to 300 m²: those that people ask about."""


def cells_of(longitude: float, latitude: float) -> dict[int, str]:
    """The cell of a point at each resolution, in hexadecimal; coarse ones as :func:`ancestor_of` has them."""
    return {one: f"{ancestor_of(longitude, latitude, one):x}" for one in RESOLUTIONS}


def ancestor_of(longitude: float, latitude: float, resolution: int) -> int:
    """The cell in which a point is found: up to resolution 10 the parent of its cell of resolution 10.

    A hexagon does not hold its children to the last metre. Near a border the parent is another cell than
    the one that H3 has for the point itself; by the parent alone what is kept under one resolution is found
    at all others.
    """
    if resolution >= KEPT:
        return cell_of(longitude, latitude, resolution)
    return int(h3.cell_to_parent(cell_of(longitude, latitude, KEPT), resolution))


def cell_of(longitude: float, latitude: float, resolution: int) -> int:
    """The cell of a point."""
    return int(h3.latlng_to_cell(latitude, longitude, resolution))


def read_cell(text: str) -> int:
    """A cell from its hexadecimal form. Raises ProblemError GEO-132."""
    try:
        cell = int(text, 16) if len(text) <= 16 else 0
    except ValueError:
        cell = 0
    if not (0 < cell < 1 << 63 and h3.is_valid_cell(cell)):
        message = shorten(said("{text!r} is no H3 cell", text=text[:20]))
        raise ProblemError(
            Problem(BAD_CELL, message, Where(field="cell"), said("such as {name}", name="8a1f05837667fff"))
        )
    return cell


def resolution_of(cell: int) -> int:
    """How fine it is, from 0 to 15."""
    return int(h3.get_resolution(cell))


def children_range(cell: int, resolution: int) -> tuple[int, int]:
    """The least and the greatest cell of ``resolution`` below ``cell``, which is as fine or coarser.

    H3 keeps the resolution in bits 52 to 55 and a digit of three bits a level; those below are 7. Raises
    ProblemError GEO-132 for a finer cell.
    """
    own = resolution_of(cell)
    if own > resolution:
        message = said("at most of resolution {number}", number=resolution)
        raise ProblemError(Problem(BAD_CELL, message, Where(field="cell")))
    low = (cell & ~(0xF << 52)) | (resolution << 52)
    high = low
    for level in range(own + 1, resolution + 1):
        shift = (15 - level) * 3
        low &= ~(7 << shift)
        high = (high & ~(7 << shift)) | (6 << shift)
    return low, high


def cell_range(text: str) -> tuple[int, int]:
    """The least and greatest cell of :data:`KEPT` below one in hexadecimal. Raises ProblemError GEO-132."""
    return children_range(read_cell(text), KEPT)


def boundary_of(cell: int) -> list[list[float]]:
    """The closed ring around a cell, longitude first."""
    ring = [[round(longitude, 7), round(latitude, 7)] for latitude, longitude in h3.cell_to_boundary(cell)]
    return [*ring, ring[0]]
