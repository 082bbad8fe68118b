"""From features to tiles: each zoom simplified to its pixels, cut by halving the square down to the tiles.

Coordinates inside a tile are those of a Mapbox Vector Tile: 4,096 units wide, y downwards, with a margin, so
that lines and their ends meet across tiles. What covers a whole quarter of the map is cut once for all
tiles below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely

from beichen.platforms.geo.basemap.content import Piece, Properties

EXTENT = 4096
MARGIN = 64  # units of a tile beyond its edge
PIXELS = 512  # that a tile is wide on the screen
TOLERANCE_PIXELS = 0.35
LEAST_AREA_PIXELS = 5.0
LEAST_LENGTH_PIXELS = 2.0
FULL_ZOOM = 14  # from here nothing is simplified or left out
AREA = (3, 6)  # GEOS's numbers of polygon and multipolygon
LINE = (1, 5)


class Tile(NamedTuple):
    """A tile's zoom, column and row."""

    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Features of one tile layer in a tile: shapes in the tile's own units, what is said of each."""

    tile_layer: str
    geometries: Any
    properties: Sequence[Properties]


class Content(NamedTuple):
    """A tile with what lies in it. Tiles of the same ``sameness`` (not empty) hold the same."""

    tile: Tile
    cuts: list[Cut]
    sameness: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Stack:
    """Features of all pieces of a zoom in one array, in the order of drawing."""

    shapes: Any
    numbers: Any  # of each shape: its place in the lists below
    layers: Sequence[str]
    properties: Sequence[Properties]

    def among(self, shapes: Any, mask: Any) -> _Stack:
        return _Stack(shapes[mask], self.numbers[mask], self.layers, self.properties)


def tiles(pieces: Sequence[Piece], zoom: int) -> Iterator[Content]:
    """Every tile of ``zoom`` in which there is something, in no promised order."""
    stack = _stack(pieces, zoom)
    if len(stack.shapes):
        yield from _descend(stack, Tile(0, 0, 0), zoom)


def _stack(pieces: Sequence[Piece], zoom: int) -> _Stack:
    shapes, layers, properties = [], [], []
    for piece in pieces:
        if not piece.zoom[0] <= zoom <= piece.zoom[1]:
            continue
        kept = _generalised(piece.geometries, zoom)
        for shape, known in zip(kept, piece.properties, strict=True):
            if shape is None or shapely.is_empty(shape):
                continue
            shapes.append(shape)
            layers.append(piece.tile_layer)
            properties.append(known)
    return _Stack(np.array(shapes, dtype=object), np.arange(len(shapes)), layers, properties)


def _generalised(shapes: Any, zoom: int) -> Any:
    """Shapes as fine as the zoom shows them; None in the place of what would be a speck."""
    pixel = 1 / (PIXELS * 2**zoom)
    kinds = shapely.get_type_id(shapes)
    if zoom >= FULL_ZOOM or np.all(kinds == 0):
        return shapes
    tolerance = pixel * TOLERANCE_PIXELS
    if np.all(np.isin(kinds, AREA)) and len(shapes) > 1 and shapely.coverage_is_valid(shapes):
        simple = shapely.coverage_simplify(shapes, tolerance)  # neighbours keep their common border
    else:
        simple = shapely.simplify(shapes, tolerance)
    is_speck = np.isin(kinds, AREA) & (shapely.area(shapes) < LEAST_AREA_PIXELS * pixel**2)
    is_speck |= np.isin(kinds, LINE) & (shapely.length(shapes) < LEAST_LENGTH_PIXELS * pixel)
    return np.where(is_speck, None, simple)


def _descend(stack: _Stack, tile: Tile, zoom: int) -> Iterator[Content]:
    size = 1 / 2**tile.z
    margin = MARGIN / EXTENT / 2**zoom
    west, north = tile.x * size, tile.y * size
    box = (west - margin, north - margin, west + size + margin, north + size + margin)
    shapes = shapely.clip_by_rect(stack.shapes, *box)
    here = stack.among(shapes, ~shapely.is_empty(shapes))
    if not len(here.shapes):
        return
    if tile.z == zoom:
        yield Content(tile, _cuts(here, tile), ())
        return
    if _covers(here.shapes, box):
        yield from _alike(here, tile, zoom)
        return
    for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
        yield from _descend(here, Tile(tile.z + 1, tile.x * 2 + x, tile.y * 2 + y), zoom)


def _covers(shapes: Any, box: tuple[float, float, float, float]) -> bool:
    """Whether each shape fills the whole box."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return bool(np.all(np.isclose(shapely.area(shapes), whole, rtol=1e-9, atol=0)))


def _alike(stack: _Stack, tile: Tile, zoom: int) -> Iterator[Content]:
    """All tiles of a quarter that shapes cover wholly."""
    deeper = 2 ** (zoom - tile.z)
    low, high = -MARGIN, EXTENT + MARGIN
    square = shapely.box(low, low, high, high)
    filled = _Stack(np.array([square] * len(stack.shapes)), stack.numbers, stack.layers, stack.properties)
    cuts = _grouped(filled)
    sameness = (1, *(int(number) for number in stack.numbers))
    for x in range(tile.x * deeper, (tile.x + 1) * deeper):
        for y in range(tile.y * deeper, (tile.y + 1) * deeper):
            yield Content(Tile(zoom, x, y), cuts, sameness)


def _cuts(stack: _Stack, tile: Tile) -> list[Cut]:
    scale = 2**tile.z

    def place(xy: Any) -> Any:
        return (xy * scale - (tile.x, tile.y)) * EXTENT

    return _grouped(
        _Stack(shapely.transform(stack.shapes, place), stack.numbers, stack.layers, stack.properties)
    )


def _grouped(stack: _Stack) -> list[Cut]:
    places: dict[str, list[int]] = {}
    for place, number in enumerate(stack.numbers):
        places.setdefault(stack.layers[number], []).append(place)
    return [
        Cut(name, stack.shapes[found], [stack.properties[stack.numbers[place]] for place in found])
        for name, found in places.items()
    ]
