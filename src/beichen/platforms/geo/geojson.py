"""Reads a layer's GeoJSON (RFC 7946) and says everything that is wrong with it, by line.

Accepted: one FeatureCollection of one kind of geometry, longitude and latitude in WGS 84, valid
polygons. A problem names the line on which its feature begins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from beichen.problem import Problem, Where, code, shorten

__all__ = ["Reading", "read"]

UNREADABLE = code("GEO-101", "The layer's file is not a GeoJSON FeatureCollection.", status=422)
GEOMETRY = code("GEO-102", "A feature has no valid geometry of the layer's kind.", status=422)
OUTSIDE = code("GEO-103", "A coordinate is not a longitude and latitude in WGS 84.", status=422)
REGION = code("GEO-104", "A feature does not name its region.", status=422)
TOO_LARGE = code("GEO-105", "The layer is larger than a map can load at once.", status=413)

MAX_BYTES = 8_000_000
NAMES = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the number of features, their box (west, south, east, north), the problems; the
    names of all properties."""

    feature_count: int
    box: tuple[float, float, float, float]
    problems: tuple[Problem, ...]
    names: frozenset[str] = field(default=frozenset(), compare=False)


def read(content: bytes, *, file: str, kind: str, region_property: str = "") -> Reading:
    """Check ``content``; an unreadable file has one problem and no features."""
    try:
        text, features = _parse(content)
    except ValueError as error:
        line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
        message = shorten(f"expected a FeatureCollection: {error.args[0]}")
        hint = "one FeatureCollection in UTF-8, RFC 7946"
        problem = Problem(UNREADABLE, message, Where(file=file, line=line, column=column), hint)
        return Reading(0, (0, 0, 0, 0), (problem,))
    lines: list[int] = []
    problems: list[Problem] = []
    boxes: list[tuple[float, float, float, float]] = []
    if len(content) > MAX_BYTES:
        message = f"{len(content):,} bytes, at most {MAX_BYTES:,}"
        problems.append(Problem(TOO_LARGE, message, Where(file=file), "split the layer"))
    for index, feature in enumerate(features):
        for fault in _faults(feature, kind, region_property, boxes):
            lines = lines or _lines(text)
            where = Where(file=file, line=lines[index], column=1, pointer=f"/features/{index}")
            problems.append(Problem(fault.code, fault.message, where, fault.hint))
    return Reading(len(features), _around(boxes), tuple(problems), _names(features))


def _names(features: list[Any]) -> frozenset[str]:
    held = (one.get("properties") for one in features if isinstance(one, dict))
    return frozenset(str(name) for properties in held if isinstance(properties, dict) for name in properties)


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    message: str
    hint: str = ""


def _parse(content: bytes) -> tuple[str, list[Any]]:
    if len(content) > 4 * MAX_BYTES:
        raise ValueError("the file is far too large")
    text = content.decode("utf-8")
    document = json.loads(text)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise ValueError("the member type or features is missing")
    return text, features


def _faults(
    feature: Any, kind: str, region_property: str, boxes: list[tuple[float, float, float, float]]
) -> Iterator[_Fault]:
    geometry = _geometry(feature)
    if geometry is None or geometry.is_empty:
        yield _Fault(GEOMETRY, "the feature has no geometry", f"expected a {NAMES[kind]}")
        return
    west, south, east, north = box = geometry.bounds
    if geometry.geom_type.removeprefix("Multi") != NAMES[kind]:
        message = f"the feature is a {geometry.geom_type}, the layer's kind is {kind}"
        yield _Fault(GEOMETRY, message, f"expected {NAMES[kind]} or Multi{NAMES[kind]}")
    elif not geometry.is_valid:
        yield _Fault(GEOMETRY, shorten(f"not valid: {shapely.is_valid_reason(geometry)}"))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        hint = "longitude first, then latitude, in degrees"
        yield _Fault(OUTSIDE, f"{west:g}, {south:g} lies outside the globe", hint)
    else:
        boxes.append(box)
    if region_property and not (feature.get("properties") or {}).get(region_property):
        yield _Fault(REGION, f"the property {region_property} is missing or empty", "a region's code")


def _geometry(feature: Any) -> BaseGeometry | None:
    try:
        return shape(feature["geometry"])
    except (TypeError, KeyError, ValueError, AttributeError, IndexError, GEOSException):
        return None


def _lines(text: str) -> list[int]:
    """The line on which each feature begins; counted only when there is something to report."""
    found = _FEATURES.search(text)
    at = found.end() if found else 0
    decoder = json.JSONDecoder()
    lines: list[int] = []
    line, counted = 1, 0
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if text[at : at + 1] in ("]", ""):
            return lines
        line += text.count("\n", counted, at)
        counted = at
        lines.append(line)
        _feature, at = decoder.raw_decode(text, at)


def _around(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    if not boxes:
        return (0, 0, 0, 0)
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return (min(wests), min(souths), max(easts), max(norths))
