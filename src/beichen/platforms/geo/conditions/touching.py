"""Geometry in conditions: predicates of GEOS between a column of shapes and a literal, or two of either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

_ASKED: dict[str, Callable[..., Any]] = {
    "s_contains": shapely.contains,
    "s_crosses": shapely.crosses,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_intersects": shapely.intersects,
    "s_overlaps": shapely.overlaps,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
}
# The same question from the side of the literal, which is prepared once.
_TURNED = {"s_contains": "s_within", "s_within": "s_contains"}


def touching(name: str, left: Any, right: Any) -> Any:
    """True, false, or null where a shape is missing. A side is a column of WKB or a literal's GeoJSON."""
    if isinstance(right, dict) and isinstance(left, dict):
        return pa.scalar(bool(_ASKED[name](_literal(left), _literal(right))))
    if isinstance(right, dict):
        return touching(_TURNED.get(name, name), right, left)
    shapes = shapely.from_wkb(right.to_numpy(zero_copy_only=False))
    missing = shapely.is_missing(shapes)
    if isinstance(left, dict):
        literal = _literal(left)
        shapely.prepare(literal)
        found = _ASKED[name](literal, shapes)
    else:
        found = _ASKED[name](shapely.from_wkb(left.to_numpy(zero_copy_only=False)), shapes)
    return pa.array(np.asarray(found, dtype=bool), mask=np.asarray(missing))


def _literal(node: dict[str, Any]) -> Any:
    return shapely.from_geojson(orjson.dumps(node))
