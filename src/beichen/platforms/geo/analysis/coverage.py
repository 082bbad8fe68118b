"""What is missing where: for each area the share that each need reaches in time, and the areas it does not.

The 15-minute circle (十五分钟生活圈): whether a clinic, a market, a stop … is within a walk. Over the
roads of a layer, or, where there is none, in circles: walkers then cover 1/:data:`DETOUR` of their way as
the crow flies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import h3
import numpy as np
import shapely

from beichen.platforms.geo.analysis import reach
from beichen.platforms.geo.analysis.codes import TOO_MUCH, Patience, refused
from beichen.platforms.geo.analysis.roads import WALKING, Mode, Roads
from beichen.problem import said

DETOUR = 1.3
WIDTH = 80.0  # metres beside a road that count as reached: the blocks along it
MOST_ENTRANCES = 20_000
MOST_CELLS = 20_000
ENTRANCE_STEP = 100.0  # metres between the entrances of a park or a campus


@dataclass(frozen=True, slots=True)
class Covered:
    """Of each area (rows) the share that each need (columns) reaches, and what each need leaves out."""

    shares: Any
    gaps: list[Any]


def entrances(shapes: Any) -> Any:
    """Where one comes to a place: points as they are, every hundred metres along lines and round areas."""
    points = [shapes[shapely.get_type_id(shapes) == 0]]
    for shape in shapes[shapely.get_type_id(shapes) != 0]:
        edge = shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape
        for part in shapely.get_parts(edge):
            length = shapely.length(part)
            steps = np.arange(0, length, ENTRANCE_STEP) if length else np.array([0.0])
            points.append(shapely.line_interpolate_point(part, steps))
    found = np.concatenate([np.atleast_1d(one) for one in points])
    if len(found) > MOST_ENTRANCES:
        message = said("{count:,} places, at most {most:,}", count=len(found), most=MOST_ENTRANCES)
        raise refused(TOO_MUCH, message, "needs")
    return found


def reached_area(places: Any, minutes: float, roads: Roads | None) -> Any:
    """The area from which one of ``places`` is within ``minutes`` on foot."""
    if not len(places):
        return shapely.Polygon()
    if roads is None:
        radius = minutes * WALKING * 1000 / 60 / DETOUR
        return shapely.union_all(shapely.buffer(places, radius, quad_segs=16))
    found, joined = reach.times(roads, places, Mode.WALK, minutes)
    return reach.area_of(reach.reached(roads, found, joined, Mode.WALK, minutes), WIDTH, joined, minutes)


def coverage(
    areas: Any, needs: Sequence[Any], minutes: float, roads: Roads | None, patience: Patience
) -> Covered:
    """How far ``needs`` (each an array of shapes) reach into ``areas``; all in one plane."""
    whole = shapely.union_all(areas)
    sizes = np.maximum(shapely.area(areas), 1e-9)
    shares, gaps = [], []
    for number, shapes in enumerate(needs):
        patience.at(number / len(needs))
        reached = reached_area(entrances(shapes), minutes, roads)
        shapely.prepare(reached)
        shares.append(shapely.area(shapely.intersection(areas, reached)) / sizes)
        gaps.append(shapely.difference(whole, reached))
    return Covered(np.clip(np.array(shares).T, 0, 1), gaps)


def cells(hull: Any, resolution: int) -> tuple[list[str], Any]:
    """H3 cells whose middle lies in an area in degrees: names and shapes. Raises ProblemError GEO-643."""
    expected = shapely.area(hull) * 111.32**2 * np.cos(np.radians(shapely.centroid(hull).y))
    if expected / h3.average_hexagon_area(resolution, unit="km^2") > MOST_CELLS:
        raise refused(
            TOO_MUCH, said("more than {most:,} cells", most=MOST_CELLS), "cell", said("make the cells larger")
        )
    shape = h3.geo_to_h3shape(shapely.geometry.mapping(hull))
    names = sorted(h3.h3shape_to_cells(shape, resolution))
    shapes = [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(name)]) for name in names]
    return names, np.array(shapes, dtype=object)
