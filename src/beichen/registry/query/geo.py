"""Geo-queries (clause 4.10): read from parameters, and decided over many shapes at once.

The spatial index finds what can match by bounding box (:mod:`..spatial`); shapely decides. Distances are
metres on the sphere between points, and along a local plane where a line or a polygon takes part.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from beichen.registry.geometry import EARTH_RADIUS_M, GEOMETRY_TYPES, GeometryError, geometry_of
from beichen.registry.problems import bad_parameter

_NEAR = re.compile(r"near;(maxDistance|minDistance)==(\d+(?:\.\d+)?)\Z")
_PREDICATES = {
    "within": shapely.within,
    "contains": shapely.contains,
    "intersects": shapely.intersects,
    "disjoint": shapely.disjoint,
    "equals": shapely.equals,
    "overlaps": shapely.overlaps,
}
TEXT_LIMIT = 200_000
Box = tuple[float, float, float, float]  # west, south, east, north
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class GeoQuery:
    """A relation to a geometry, about one GeoProperty. ``distance`` in metres belongs to near.

    A map's window, the geometry that is asked for most, stays four numbers (``outline`` is a box) until a
    shape has to be compared with it.
    """

    relation: str
    outline: BaseGeometry | Box
    attribute: str = "location"
    distance: float = 0.0

    @cached_property
    def geometry(self) -> BaseGeometry:
        """What is compared with."""
        return shapely.box(*self.outline) if isinstance(self.outline, tuple) else self.outline

    @property
    def is_frame(self) -> bool:
        """Whether it asks for what lies within a box: what is strictly inside needs no second look."""
        return isinstance(self.outline, tuple)

    @property
    def box(self) -> Box | None:
        """The bounds outside of which nothing matches; None when anything may."""
        if isinstance(self.outline, tuple):
            return self.outline
        if self.relation in {"disjoint", "minDistance"}:
            return None
        west, south, east, north = self.geometry.bounds
        if self.relation != "maxDistance":
            return (west, south, east, north)
        high = math.degrees(self.distance / EARTH_RADIUS_M) * 1.001 + 1e-9
        south, north = south - high, north + high
        widest = max(abs(south), abs(north))
        if widest >= 89.9:
            return (WORLD[0], max(south, -90.0), WORLD[2], min(north, 90.0))
        wide = high / math.cos(math.radians(widest))
        if west - wide < -180 or east + wide > 180:
            return (WORLD[0], south, WORLD[2], north)
        return (west - wide, south, east + wide, north)

    def select(self, shapes: Sequence[bytes | None]) -> list[bool]:
        """Which of the shapes (WKB) match; None stands for one that is known to."""
        unknown = [shape for shape in shapes if shape is not None]
        if not unknown:
            return [True] * len(shapes)
        decided = iter(self._decide(unknown))
        return [True if shape is None else next(decided) for shape in shapes]

    def _decide(self, shapes: Sequence[bytes]) -> list[bool]:
        if not shapes:
            return []
        geometries = shapely.from_wkb(np.array(shapes, dtype=object))
        if self.relation in {"maxDistance", "minDistance"}:
            distances = _distances(geometries, self.geometry)
            near = distances <= self.distance
            return [bool(item) for item in (near if self.relation == "maxDistance" else ~near)]
        if self.relation in {"within", "intersects", "disjoint"}:
            shapely.prepare(self.geometry)
        if self.relation == "within":  # the prepared side must be the one that asks
            return list(map(bool, shapely.contains(self.geometry, geometries)))
        if self.relation in {"intersects", "disjoint"}:
            return list(map(bool, _PREDICATES[self.relation](self.geometry, geometries)))
        return list(map(bool, _PREDICATES[self.relation](geometries, self.geometry)))


def _distances(geometries: Any, center: BaseGeometry) -> Any:
    """Metres from each geometry to ``center``."""
    if center.geom_type == "Point" and bool((shapely.get_type_id(geometries) == 0).all()):
        lon, lat = np.radians(shapely.get_x(geometries)), np.radians(shapely.get_y(geometries))
        lon0, lat0 = math.radians(center.x), math.radians(center.y)
        inner = np.sin((lat - lat0) / 2) ** 2
        inner = inner + np.cos(lat) * math.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
        return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(inner, 0, 1)))
    middle = center.centroid
    scale = np.array([math.cos(math.radians(middle.y)), 1.0]) * math.radians(1) * EARTH_RADIUS_M
    flat = shapely.transform(geometries, lambda positions: positions * scale)
    return shapely.distance(flat, shapely.transform(center, lambda positions: positions * scale))


def distances_from(place: BaseGeometry, positions: Sequence[tuple[float, float]]) -> list[float]:
    """Metres from a point to each position (longitude, latitude)."""
    if not positions:
        return []
    return [float(one) for one in _distances(shapely.points(np.array(positions, dtype=float)), place)]


def _coordinates(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > TEXT_LIMIT:
            raise bad_parameter("coordinates", f"longer than {TEXT_LIMIT} characters")
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad_parameter("coordinates", "not a JSON array of positions") from None
    if not isinstance(value, list):
        raise bad_parameter("coordinates", "not a JSON array of positions")
    return value


def _frame(rings: Any) -> Box | None:
    """The box that a polygon of four upright corners is; None for everything else."""
    ring = rings[0] if len(rings) == 1 else None
    if not isinstance(ring, list) or len(ring) != 5 or ring[0] != ring[4]:
        return None
    for corner in ring:
        if not isinstance(corner, list) or len(corner) != 2 or {type(n) for n in corner} - {int, float}:
            return None
    if len(set(map(tuple, ring))) != 4:
        return None
    if any((x == other_x) == (y == other_y) for (x, y), (other_x, other_y) in pairwise(ring)):
        return None
    (west, south), (east, north) = map(min, zip(*ring, strict=True)), map(max, zip(*ring, strict=True))
    is_on_earth = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (float(west), float(south), float(east), float(north)) if is_on_earth else None


def parse_geo(georel: str, geometry: str, coordinates: Any, attribute: str = "location") -> GeoQuery:
    """A geo-query from its parameters. Raises ProblemError REG-101 with the parameter that is wrong."""
    near = _NEAR.match(georel)
    relation = near.group(1) if near else georel
    if not near and relation not in _PREDICATES:
        expected = "near;maxDistance==M, near;minDistance==M, " + ", ".join(_PREDICATES)
        raise bad_parameter("georel", f"{georel[:40]!r} is no relation", expected)
    if geometry not in GEOMETRY_TYPES:
        raise bad_parameter("geometry", f"{geometry[:40]!r} is no geometry type", "Point, Polygon, …")
    positions = _coordinates(coordinates)
    frame = _frame(positions) if relation == "within" and geometry == "Polygon" else None
    if frame is not None:
        return GeoQuery(relation, frame, attribute)
    try:
        shape = geometry_of(geometry, positions)
    except GeometryError as error:
        raise bad_parameter("coordinates", str(error)) from None
    distance = float(near.group(2)) if near else 0.0
    if near and not 0 < distance < math.inf:
        raise bad_parameter("georel", "the distance is a number of metres above zero")
    return GeoQuery(relation, shape, attribute, distance)
