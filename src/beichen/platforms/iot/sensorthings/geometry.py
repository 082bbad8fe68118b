"""Places: the bounds that are kept of a GeoJSON geometry, and what geo functions find among rows.

Distances and lengths are in degrees, as the standard has them: the unit of the literals' reference system.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import shapely
from django.db.models import Q, QuerySet
from shapely.geometry import shape as to_shape

from beichen.platforms.iot.sensorthings.codes import TOO_WIDE
from beichen.problem import Problem, ProblemError

GEOJSON = frozenset({"application/geo+json", "application/vnd.geo+json", "application/vnd.geojson"})
MOST_SHAPES = 20_000  # whose geometry one question looks at
EVERYWHERE = {"west": None, "south": None, "east": None, "north": None}
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "geo.intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
Test = Callable[[Any], bool]


def shape_of(value: Any) -> Any | None:
    """The shapely geometry of a GeoJSON geometry or feature; None for what is none."""
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") == "GeometryCollection":
        return None
    try:
        shape = shapely.force_2d(to_shape(value))
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None
    if shape.is_empty or not all(map(math.isfinite, shape.bounds)):
        return None
    west, south, east, north = shape.bounds
    return shape if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None


def bounds_of(shape: Any | None) -> dict[str, float | None]:
    """The columns of a geometry's bounds."""
    return dict(EVERYWHERE) if shape is None else dict(zip(EVERYWHERE, shape.bounds, strict=True))


def found(rows: QuerySet[Any], test: Test, box: tuple[float, float, float, float] | None) -> list[int]:
    """The keys of those rows whose geometry passes; ``box`` is where it must lie, where that is known.

    Raises ProblemError STA-106 when more rows would have to be looked at than one question may.
    """
    rows = rows.filter(west__isnull=False)
    if box is not None:
        west, south, east, north = box
        rows = rows.filter(Q(west__lte=east, east__gte=west, south__lte=north, north__gte=south))
    shapes = list(rows.order_by().values_list("pk", "shape")[: MOST_SHAPES + 1])
    if len(shapes) > MOST_SHAPES:
        message = f"more than {MOST_SHAPES:,} places lie there"
        raise ProblemError(Problem(TOO_WIDE, message, hint="ask within a smaller area"))
    return [key for key, value in shapes if (shape := shape_of(value)) is not None and test(shape)]


def near(shape: Any, distance: float) -> tuple[float, float, float, float]:
    """The box around a geometry."""
    west, south, east, north = shape.bounds
    return (west - distance, south - distance, east + distance, north + distance)
