"""What a checked condition says beforehand: the columns that it reads, the box in which every match lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import shapely

from beichen.platforms.geo.conditions.words import SPATIAL
from beichen.platforms.geo.source import GEOMETRY, Box, Condition


def names_of(condition: Condition) -> frozenset[str]:
    """The columns that the condition reads; the geometry's is among them when it is asked."""
    return frozenset(_names(condition))


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _names(one)
    elif isinstance(node, dict):
        if "property" in node:
            yield node["property"]
        else:
            yield from _names(node.get("args") or node.get("interval"))


def box_of(condition: Condition) -> Box | None:
    """A box in which every feature that matches lies, at least in part; None when nothing is said of it."""
    return _box(condition)


def _box(node: Any) -> Box | None:
    if not isinstance(node, dict) or "op" not in node:
        return None
    name, arguments = node["op"], node["args"]
    if name == "and":
        return _smallest([box for box in map(_box, arguments) if box is not None])
    if name == "or":
        boxes = [_box(one) for one in arguments]
        return None if None in boxes else _around([box for box in boxes if box is not None])
    if name in SPATIAL and name != "s_disjoint":
        return _box_of_shapes(arguments)
    return None


def _box_of_shapes(arguments: list[Any]) -> Box | None:
    literals = [one for one in arguments if one != {"property": GEOMETRY}]
    if len(literals) != 1:
        return None
    west, south, east, north = shapely.from_geojson(orjson.dumps(literals[0])).bounds
    return (west, south, east, north)


def _smallest(boxes: list[Box]) -> Box | None:
    """A feature that touches two boxes need not touch what they share: one of them says enough."""
    return min(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def _around(boxes: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return (min(wests), min(souths), max(easts), max(norths))
