"""The file of the base map: PMTiles, version 3, with Mapbox Vector Tiles in gzip.

It is written beside the old one and takes its place in one step: who reads meanwhile has one or the other.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from beichen.platforms.geo.basemap.pyramid import EXTENT, Content, Cut

E7 = 10_000_000
Box = tuple[float, float, float, float]


def encode(cuts: Iterable[Cut]) -> bytes:
    """A tile of these features, in gzip; empty when nothing of them is left on the tile's grid."""
    layers = [
        {
            "name": cut.tile_layer,
            "features": [
                {"geometry": shape, "properties": known}
                for shape, known in zip(cut.geometries, cut.properties, strict=True)
                if not shapely.is_empty(shape)
            ],
        }
        for cut in cuts
    ]
    options = {"extents": EXTENT, "y_coord_down": True, "check_winding_order": True}
    content: bytes = mapbox_vector_tile.encode(layers, default_options=options)
    return gzip.compress(content, 6, mtime=0) if content else b""


def write(
    tiles_of: Callable[[int], Iterable[Content]],
    target: Path,
    *,
    box: Box,
    zooms: range,
    about: dict[str, Any],
    told: Callable[[int], None] = lambda _number: None,
) -> int:
    """Write the archive and put it at ``target``; returns how many tiles it holds.

    ``tiles_of`` gives the tiles of a zoom; those of one zoom are in memory at a time, encoded. ``about`` is
    the archive's metadata. ``told`` hears how many tiles there are so far.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".building", delete=False) as file:
        making = Path(file.name)
        writer = Writer(file)
        try:
            number = _fill(writer, tiles_of, box, zooms, about, told)
        except BaseException:
            making.unlink(missing_ok=True)
            raise
        finally:
            writer.tile_f.close()  # which the library leaves open when it does not come to an end
    making.chmod(0o644)
    making.replace(target)
    return number


def _fill(
    writer: Writer,
    tiles_of: Callable[[int], Iterable[Content]],
    box: Box,
    zooms: range,
    about: dict[str, Any],
    told: Callable[[int], None],
) -> int:
    number = 0
    for zoom in zooms:
        for place, tile in _encoded(tiles_of(zoom)):
            writer.write_tile(place, tile)
            number += 1
        told(number)
    writer.finalize(_header(box, zooms), about)
    return number


def _encoded(contents: Iterable[Content]) -> list[tuple[int, bytes]]:
    """Tiles by their place in the file, where neighbours lie together; what is the same is encoded once."""
    known: dict[tuple[int, ...], bytes] = {}
    found: list[tuple[int, bytes]] = []
    for content in contents:
        tile = known.get(content.sameness) if content.sameness else None
        if tile is None:
            tile = encode(content.cuts)
        if content.sameness:
            known[content.sameness] = tile
        if tile:
            found.append((zxy_to_tileid(*content.tile), tile))
    return sorted(found, key=lambda pair: pair[0])


def _header(box: Box, zooms: range) -> dict[str, Any]:
    west, south, east, north = (round(side * E7) for side in box)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_zoom": zooms.start,
        "max_zoom": zooms.stop - 1,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": zooms.start,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
