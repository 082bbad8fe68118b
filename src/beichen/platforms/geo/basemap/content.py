"""What goes into the base map: the features of the drawn layers, on the square of Web Mercator.

The square is one unit wide, its origin in the north-west, as tiles count. A feature keeps only what the style
asks for; what a layer calls its class, colour or storeys is renamed to one word for all layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape

from beichen.kernel.levels import Level
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.models import GeometryKind, Layer

STOREY_M = 3.2
LATITUDE_MOST = 85.051128
CODE, CLASS, NAME, NAME_EN = "code", "class", "name", "name_en"
# role of a layer and its kind of geometry → the layer of the tiles that holds it
TILE_LAYERS = {
    ("context", GeometryKind.POLYGON): "context",
    ("outline", GeometryKind.POLYGON): "land",
    ("boundary", GeometryKind.POLYGON): "boundary",
    ("landuse", GeometryKind.POLYGON): "landuse",
    ("water", GeometryKind.POLYGON): "water",
    ("water", GeometryKind.LINE): "waterway",
    ("railway", GeometryKind.LINE): "railway",
    ("road", GeometryKind.LINE): "road",
    ("metro", GeometryKind.LINE): "metro",
    ("building", GeometryKind.POLYGON): "building",
    ("metro", GeometryKind.POINT): "station",
    ("label", GeometryKind.POINT): "place",
}
NAMED_AREAS = {"boundary": "district", "context": "prefecture", "water": "water"}
LABELS = "label"

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """Features of one layer of the map for one of the tiles, at the zooms of ``zoom`` (both included)."""

    tile_layer: str
    geometries: Any  # an array of shapely geometries
    properties: Sequence[Properties]
    zoom: tuple[int, int]


def drawn_layers() -> list[Layer]:
    """The layers of the base map from the bottom up: those that are public and whose role is known."""
    return [row for row in geo.layers() if _tile_layer(row) and _is_public(row)]


def _is_public(row: Layer) -> bool:
    """Whether everybody may see it: the base map is one file for all."""
    return row.level == Level.L1


def _tile_layer(row: Layer) -> str:
    return TILE_LAYERS.get((str(row.style.get("role", "")), GeometryKind(row.kind)), "")


def on_square(geometries: Any) -> Any:
    """Geometries in degrees, longitude first, placed on the unit square of Web Mercator."""

    def place(x: Any, y: Any) -> tuple[Any, Any]:
        latitude = np.radians(np.clip(y, -LATITUDE_MOST, LATITUDE_MOST))
        return (x + 180) / 360, (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2

    return shapely.transform(geometries, place, interleaved=False)


def pieces(rows: Sequence[Layer]) -> Iterator[Piece]:
    """The layers' features, and the points at which the names of areas stand."""
    for row in rows:
        shapes, properties, seats = _read(row)
        if not len(shapes):
            continue
        tile_layer, zoom = _tile_layer(row), (row.min_zoom, row.max_zoom)
        yield Piece(tile_layer, on_square(shapes), properties, zoom)
        if tile_layer in NAMED_AREAS:
            yield from _names(shapes, properties, seats, NAMED_AREAS[tile_layer], zoom)


def _read(row: Layer) -> tuple[Any, list[Properties], list[Any]]:
    """Shapes in degrees, what is kept of each, and where each says that its seat is."""
    shapes, properties, seats = [], [], []
    for feature in geo.features(row.key):
        try:
            geometry = shape(feature["geometry"])
        except (GEOSException, KeyError, TypeError, ValueError):
            continue  # a layer that was checked when it came has none
        shapes.append(geometry)
        told = feature.get("properties") or {}
        properties.append(_kept(told, row))
        seats.append(told.get("seat"))
    return np.array(shapes, dtype=object), properties, seats


def _kept(told: Properties, row: Layer) -> Properties:
    style = row.style
    storeys = _number(told.get(str(style.get("storeys", ""))))
    kept = {
        "layer": row.key,
        NAME: told.get(str(style.get("label", NAME))) or told.get(NAME),
        NAME_EN: told.get(NAME_EN),
        CODE: told.get(row.region_property) if row.region_property else None,
        CLASS: told.get(str(style.get("class", ""))) or None,
        "colour": told.get(str(style.get("colour", ""))) or None,
        "height": _number(told.get(str(style.get("height", "")))) or (storeys and storeys * STOREY_M),
        "depth": _number(told.get(str(style.get("depth", "")))),
        "status": told.get("status"),
        "structure": _structure(told),
    }
    return {name: value for name, value in kept.items() if value not in (None, "")}


def _structure(told: Properties) -> str | None:
    """A road or railway that is not on the ground, as OpenStreetMap marks it."""
    marked = ("T", "yes", True)
    return next((name for name in ("tunnel", "bridge") if told.get(name) in marked), None)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _names(
    shapes: Any, properties: list[Properties], seats: list[Any], kind: str, zoom: tuple[int, int]
) -> Iterator[Piece]:
    """Where the name of each area stands: at its seat, or in the middle of its largest part."""
    spots, said = [], []
    for area, known, seat in zip(shapes, properties, seats, strict=True):
        if not known.get(NAME):
            continue
        spots.append(_spot(area, seat))
        said.append({name: known[name] for name in ("layer", NAME, NAME_EN, CODE) if name in known})
        said[-1] |= {CLASS: kind, "size": round(float(shapely.area(area)), 4)}
    if spots:
        yield Piece(LABELS, on_square(np.array(spots, dtype=object)), said, zoom)


def _spot(area: Any, seat: Any) -> Any:
    parts = shapely.get_parts(area)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    middle = shapely.point_on_surface(largest)
    centre = shapely.centroid(largest)
    if shapely.contains(largest, centre):
        middle = centre
    if isinstance(seat, list | tuple) and len(seat) == 2:
        known = shapely.Point(*seat)
        # The seat of a small district says less than its middle does; that of a large one is its town.
        return known if shapely.contains(area, known) and shapely.area(area) > 0.15 else middle
    return middle
