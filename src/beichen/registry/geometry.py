"""GeoJSON geometries (RFC 7946) to shapes: checked, measured, and as WKB in WGS 84.

Points take a short way, because a city has mostly points. Everything else goes through shapely, which
also says why a polygon is not valid.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape as to_shape
from shapely.geometry.base import BaseGeometry

GEOMETRY_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)
COORDINATE_LIMIT = 200_000
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_POINT = struct.Struct("<BIdd")
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Shape:
    """WKB with its bounds in degrees."""

    wkb: bytes
    west: float
    south: float
    east: float
    north: float


class GeometryError(ValueError):
    """Why a geometry is not valid, in plain words."""


def _position(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        raise GeometryError("a position is [longitude, latitude]")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise GeometryError("coordinates are numbers")
    longitude, latitude = value[0], value[1]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise GeometryError("longitude lies within ±180, latitude within ±90")
    return float(longitude), float(latitude)


def _check_positions(value: Any, depth: int) -> int:
    """The number of positions. Raises GeometryError at the first that is none."""
    if depth == 0:
        _position(value)
        return 1
    if not isinstance(value, list) or not value:
        raise GeometryError("coordinates are nested lists of positions")
    if len(value) > COORDINATE_LIMIT:
        raise GeometryError(f"a geometry has at most {COORDINATE_LIMIT} positions")
    return sum(_check_positions(item, depth - 1) for item in value)


def _closed(rings: list[Any]) -> None:
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise GeometryError("a polygon's ring has four positions or more and ends where it begins")


def _polygon(rings: list[Any]) -> BaseGeometry:
    """What ``to_shape`` makes of a polygon's rings, without height and by half the way."""
    outer, *holes = [shapely.linearrings([position[:2] for position in ring]) for ring in rings]
    made: BaseGeometry = shapely.polygons(outer, holes=holes or None)
    return made


def geometry_of(kind: str, coordinates: Any) -> BaseGeometry:
    """The shapely geometry of a GeoJSON type and its coordinates. Raises GeometryError."""
    if kind not in GEOMETRY_TYPES:
        raise GeometryError(f"{kind!r} is no geometry type")
    if _check_positions(coordinates, _DEPTHS[kind]) > COORDINATE_LIMIT:
        raise GeometryError(f"a geometry has at most {COORDINATE_LIMIT} positions")
    if kind == "Polygon":
        _closed(coordinates)
    elif kind == "MultiPolygon":
        for polygon in coordinates:
            _closed(polygon)
    lines = [coordinates] if kind == "LineString" else coordinates if kind == "MultiLineString" else []
    if any(len(line) < 2 for line in lines):
        raise GeometryError("a line has two positions or more")
    if kind == "Polygon":
        geometry: BaseGeometry = _polygon(coordinates)
    else:
        geometry = shapely.force_2d(to_shape({"type": kind, "coordinates": coordinates}))
    if not geometry.is_valid:
        raise GeometryError(shapely.is_valid_reason(geometry))
    return geometry


def shape_of(value: Any) -> Shape:
    """The shape of a GeoJSON geometry object. Raises GeometryError."""
    if not isinstance(value, dict) or "coordinates" not in value:
        raise GeometryError("a geometry is an object with type and coordinates")
    kind, coordinates = value.get("type"), value["coordinates"]
    if kind == "Point":
        x, y = _position(coordinates)
        return Shape(_POINT.pack(1, 1, x, y), x, y, x, y)
    if not isinstance(kind, str):
        raise GeometryError("a geometry's type is a word such as Point")
    geometry = geometry_of(kind, coordinates)
    west, south, east, north = geometry.bounds
    return Shape(shapely.to_wkb(geometry), west, south, east, north)
