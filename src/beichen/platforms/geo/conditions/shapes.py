"""Geometries in conditions: GeoJSON and boxes, brought to longitude and latitude, valid."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.errors import GEOSException

from beichen.platforms.geo.conditions.codes import UNFIT, refused
from beichen.problem import Where, said, shorten

Project = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
"""Positions (n × 2, as they were sent) to longitude and latitude."""

MAX_VERTICES = 4_000


def read_shape(node: Any, at: str, project: Project | None = None) -> tuple[dict[str, Any], int]:
    """The geometry as GeoJSON in WGS 84, and how many vertices it has. Raises ProblemError GEO-604."""
    place = Where(pointer=at)
    if isinstance(node, dict) and "bbox" in node:
        found = _box(node["bbox"], at, project)
    else:
        try:
            found = shapely.from_geojson(orjson.dumps(node))
        except (GEOSException, orjson.JSONEncodeError):
            found = None
        if found is None or found.is_empty:
            raise refused(UNFIT, said("expected a geometry"), place, said("GeoJSON, or WKT in text"))
        if project is not None:
            found = shapely.transform(shapely.force_2d(found), project)
    positions = shapely.get_coordinates(found)
    if len(positions) > MAX_VERTICES:
        message = said("{count} vertices, at most {most}", count=len(positions), most=MAX_VERTICES)
        raise refused(UNFIT, message, place)
    if not np.isfinite(positions).all() or (abs(positions) > (180.000001, 90.000001)).any():
        raise refused(UNFIT, said("a coordinate lies outside the world"), place)
    if not shapely.is_valid(found):
        reason = shapely.is_valid_reason(found)
        raise refused(UNFIT, shorten(said("the geometry is not valid: {reason}", reason=reason)), place)
    document: dict[str, Any] = orjson.loads(shapely.to_geojson(found))
    return document, len(positions)


def _box(values: Any, at: str, project: Project | None) -> Any:
    is_box = isinstance(values, list) and len(values) in (4, 6)
    if not is_box or not all(isinstance(one, int | float) and math.isfinite(one) for one in values):
        raise refused(UNFIT, said("a box has four or six numbers"), Where(pointer=f"{at}/bbox"))
    half = len(values) // 2
    west, south, east, north = values[0], values[1], values[half], values[half + 1]
    if south > north:
        raise refused(UNFIT, said("the box ends before it begins"), Where(pointer=f"{at}/bbox"))
    if project is not None:
        return shapely.transform(
            shapely.segmentize(shapely.box(west, south, east, north), _step(values)), project
        )
    if west > east:  # over the antimeridian
        return shapely.union(shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))
    return _flat(west, south, east, north)


def _flat(west: float, south: float, east: float, north: float) -> Any:
    """A box, or the line or point that it is when it has no breadth or no height."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _step(values: list[float]) -> float:
    half = len(values) // 2
    return max(abs(values[half] - values[0]), abs(values[half + 1] - values[1]), 1e-9) / 16
