"""A layer drawn as SVG, with its legend: a map without scripts, of a bounded number of features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from beichen.platforms.geo.drawing import Drawing, drawing
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.projection import Bounds, Sheet
from beichen.platforms.geo.service import layers
from beichen.platforms.geo.source import GEOMETRY, Asked, Source

MOST = 3_000  # features
PLAIN = "#1f6feb"
SMALLEST = 0.004  # degrees that a side of the sheet has at least


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape on the sheet: a dot at ``x`` and ``y``, or a path; and its colour."""

    path: str
    x: float
    y: float
    colour: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The sheet: its view, the districts beneath, marks, and how many features there are and are drawn."""

    view: str
    base: Drawing | None
    marks: list[Mark]
    count: int
    radius: float
    stroke: float
    is_line: bool


def preview(layer: Layer, source: Source) -> Preview | None:
    """The layer as a picture; None without features that have a box."""
    described = source.described()
    if described.box is None or not described.count:
        return None
    base = drawing(list(layers()))
    legend = layer.legend
    names = [legend["by"]] if legend.get("by") else [described.fields[0].name] if described.fields else []
    table = source.columns(Asked(limit=MOST, names=names, zoom=9 if described.count > MOST else None))
    box = described.box
    bounds = Bounds(*around(box))
    sheet = base.sheet if base is not None else Sheet(bounds)
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    values = table.column(legend["by"]).to_pylist() if legend.get("by") in table.column_names else []
    left, top = sheet.place((bounds.west, bounds.north))
    right, bottom = sheet.place((bounds.east, bounds.south))
    width = max(right - left, bottom - top)
    marks = [
        _mark(shape, sheet, colour_of(legend, values[number] if values else None))
        for number, shape in enumerate(shapes)
    ]
    view = f"{left:.2f} {top:.2f} {right - left:.2f} {bottom - top:.2f}"
    return Preview(view, base, marks, described.count, width / 220, width / 600, layer.kind == "line")


def around(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A box with an edge about it, as large as a sheet is at least."""
    west, south, east, north = box
    edge = max((east - west) * 0.05, (north - south) * 0.05, SMALLEST)
    return west - edge, max(south - edge, -85), east + edge, min(north + edge, 85)


def _mark(shape: Any, sheet: Sheet, colour: str) -> Mark:
    if shape.geom_type in ("Point", "MultiPoint"):
        x, y = sheet.place((shape.centroid.x, shape.centroid.y))
        return Mark("", round(x, 2), round(y, 2), colour)
    is_area = shape.geom_type.endswith("Polygon")
    path = "".join(_path(line, sheet, is_area) for line in _lines(shape))
    return Mark(path, 0, 0, colour)


def _lines(shape: Any) -> Iterator[Sequence[Any]]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield part.exterior.coords
            yield from (ring.coords for ring in part.interiors)
        else:
            yield part.coords


def _path(line: Sequence[Any], sheet: Sheet, is_closed: bool) -> str:
    points = [f"{x:.2f} {y:.2f}" for x, y in (sheet.place(one[:2]) for one in line)]
    return "M" + "L".join(points) + ("Z" if is_closed else "")


def colour_of(legend: dict[str, Any], value: Any) -> str:
    """The colour of a value by a legend."""
    other = str(legend.get("other", PLAIN))
    for category in legend.get("categories", []):
        if str(category["value"]) == str(value):
            return str(category["colour"])
    found = other
    if isinstance(value, int | float) and not isinstance(value, bool):
        for step in legend.get("ramp", []):
            if value >= step["from"]:
                found = str(step["colour"])
    return found
