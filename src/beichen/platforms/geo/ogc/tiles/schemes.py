"""Tile matrix sets (OGC 17-083r4): Web Mercator, and longitude and latitude, as squares of 256 pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from beichen.platforms.geo.ogc.codes import NO_TILE, refused
from beichen.platforms.geo.ogc.systems import CRS84
from beichen.platforms.geo.source import Box
from beichen.problem import nearest, said

MAX_ZOOM = 22
EXTENT, MARGIN = 4096, 64
"""A tile's side in its own units, and how far beyond its edge features go on."""
_EARTH = 6_378_137.0
_HALF = math.pi * _EARTH
_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"
Positions = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile; rows count from the north."""

    scheme: Scheme
    zoom: int
    row: int
    column: int

    @property
    def box(self) -> Box:
        """Its part of the world with its margin, in degrees."""
        return self.scheme.box(self)

    def placed(self, positions: Positions) -> Positions:
        """Degrees to the tile's own units, from its upper left corner."""
        return self.scheme.placed(self, positions)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A tile matrix set. ``wide`` tiles stand side by side at zoom 0, one high."""

    key: str
    title: str
    crs: str
    wide: int

    def tile(self, zoom: str, row: str, column: str) -> Tile:
        """A tile of an address. Raises ProblemError GEO-615 for one that the world does not have."""
        numbers = [
            int(one) if one.isascii() and one.isdigit() and len(one) < 9 else -1
            for one in (zoom, row, column)
        ]
        level, high, across = numbers
        if not 0 <= level <= MAX_ZOOM or not 0 <= high < 2**level or not 0 <= across < self.wide * 2**level:
            message = said(
                "there is no tile {zoom}/{row}/{column}", zoom=zoom[:9], row=row[:9], column=column[:9]
            )
            hint = said("zoom 0 to {most}, then row and column, from the upper left", most=MAX_ZOOM)
            raise refused(NO_TILE, message, hint=hint)
        return Tile(self, level, high, across)

    def box(self, tile: Tile) -> Box:
        """A tile with its margin, in degrees; the world ends at its edges."""
        margin = MARGIN / EXTENT
        side = 2**tile.zoom
        west, east = ((tile.column + end) / (self.wide * side) for end in (-margin, 1 + margin))
        north, south = ((tile.row + end) / side for end in (-margin, 1 + margin))
        return (
            max(-180.0, west * 360 - 180),
            self._latitude(min(1.0, south)),
            min(180.0, east * 360 - 180),
            self._latitude(max(0.0, north)),
        )

    def _latitude(self, share: float) -> float:
        """The latitude at a share of the way from the north edge to the south edge."""
        if self.wide == 2:
            return 90 - 180 * share
        if share in (0.0, 1.0):
            return 90.0 - 180 * share  # what lies beyond the projection belongs to the edge
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))

    def placed(self, tile: Tile, positions: Positions) -> Positions:
        """See :meth:`Tile.placed`."""
        side = 2**tile.zoom
        x = (positions[:, 0] / 360 + 0.5) * (self.wide * side)
        if self.wide == 2:
            y = (0.5 - positions[:, 1] / 180) * side
        else:
            sine = np.sin(np.radians(np.clip(positions[:, 1], -85.06, 85.06)))
            y = (0.5 - np.arctanh(sine) / (2 * math.pi)) * side
        return np.column_stack([(x - tile.column) * EXTENT, (y - tile.row) * EXTENT])

    def document(self) -> dict[str, Any]:
        """The definition (OGC 17-083r4, clause 7)."""
        if self.wide == 2:
            corner, size, metres = [-180.0, 90.0], 360 / 512, 111_319.49079327357
        else:
            corner, size, metres = [-_HALF, _HALF], 2 * _HALF / 256, 1.0
        return {
            "id": self.key,
            "title": self.title,
            "uri": f"{_URI}{self.key}",
            "crs": self.crs,
            "tileMatrices": [
                {
                    "id": str(zoom),
                    "cellSize": size / 2**zoom,
                    "scaleDenominator": size / 2**zoom * metres / 0.00028,
                    "cornerOfOrigin": "topLeft",
                    "pointOfOrigin": corner,
                    "tileWidth": 256,
                    "tileHeight": 256,
                    "matrixWidth": self.wide * 2**zoom,
                    "matrixHeight": 2**zoom,
                }
                for zoom in range(MAX_ZOOM + 1)
            ],
        }

    @property
    def uri(self) -> str:
        """Its name in the register."""
        return f"{_URI}{self.key}"

    def limits(self, box: Box, zooms: range) -> list[dict[str, Any]]:
        """The tiles that a box takes at each zoom."""
        found = []
        corners = np.array([[box[0], box[3]], [box[2], box[1]]])
        for zoom in zooms:
            places = self.placed(Tile(self, zoom, 0, 0), corners) / EXTENT
            high, wide = 2**zoom - 1, self.wide * 2**zoom - 1
            (left, top), (right, bottom) = np.floor(places).astype(int).tolist()
            found.append(
                {
                    "tileMatrix": str(zoom),
                    "minTileRow": min(max(top, 0), high),
                    "maxTileRow": min(max(bottom, 0), high),
                    "minTileCol": min(max(left, 0), wide),
                    "maxTileCol": min(max(right, 0), wide),
                }
            )
        return found


SCHEMES = {
    "WebMercatorQuad": Scheme(
        "WebMercatorQuad",
        "Google Maps Compatible for the World",
        "http://www.opengis.net/def/crs/EPSG/0/3857",
        1,
    ),
    "WorldCRS84Quad": Scheme("WorldCRS84Quad", "CRS84 for the World", CRS84, 2),
}


def scheme_of(key: str) -> Scheme:
    """The scheme of this name. Raises ProblemError GEO-615."""
    found = SCHEMES.get(key)
    if found is None:
        message = said("there is no tile matrix set {key}", key=key[:40])
        raise refused(NO_TILE, message, hint=nearest(key[:40], SCHEMES))
    return found
