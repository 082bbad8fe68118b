"""Coordinate reference systems that are spoken (OGC API Features, Part 2).

Beside WGS 84 and Web Mercator those of the country: CGCS2000 as longitude and latitude (EPSG:4490) and the
three-degree zones by their central meridians (EPSG:4547 to 4552, from 114° to 129° east). A system's own
order of axes is kept: CRS84 has the longitude first, EPSG:4326 and 4490 the latitude, the zones the northing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import Transformer

from beichen.platforms.geo.ogc.codes import NO_CRS, refused
from beichen.problem import nearest, said

Positions = np.ndarray[Any, Any]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84H = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_NUMBERS = (4326, 3857, 4490, 4547, 4548, 4549, 4550, 4551, 4552)
_DEGREES = {4326, 4490}


@dataclass(frozen=True, slots=True)
class System:
    """A system by its URI. ``digits`` are the decimals that a written coordinate has."""

    uri: str
    name: str
    digits: int

    @property
    def is_plain(self) -> bool:
        """Whether it is the one in which features are kept."""
        return self.uri in (CRS84, CRS84H)

    def from_degrees(self, positions: Positions) -> Positions:
        """Longitude and latitude to this system, its own axes first."""
        return positions if self.is_plain else _turned(self.name, positions, True)

    def to_degrees(self, positions: Positions) -> Positions:
        """Positions of this system to longitude and latitude; what it has no place for is not finite."""
        return positions if self.is_plain else _turned(self.name, positions, False)


PLAIN = System(CRS84, "OGC:CRS84", 7)
SYSTEMS = {
    CRS84: PLAIN,
    **{
        f"{_EPSG}{number}": System(f"{_EPSG}{number}", f"EPSG:{number}", 7 if number in _DEGREES else 3)
        for number in _NUMBERS
    },
}
_SHORT = {one.name: one for one in SYSTEMS.values()} | {"CRS84": PLAIN}


def system_of(text: str, parameter: str = "crs") -> System:
    """The system of a URI, or of a short name such as EPSG:4490. Raises ProblemError GEO-611."""
    name = text.strip().strip("<>[]")
    found = SYSTEMS.get(name.replace("https://", "http://")) or _SHORT.get(name.upper())
    if found is None and name.lower().startswith("urn:ogc:def:crs:"):
        parts = name.split(":")
        found = _SHORT.get(f"{parts[4]}:{parts[-1]}".upper())
    if found is None:
        raise refused(
            NO_CRS,
            said("{name!r} is not offered", name=name[:60]),
            parameter,
            nearest(name[:80], SYSTEMS),
        )
    return found


@lru_cache(maxsize=64)
def _transformer(name: str, is_leaving: bool) -> Transformer:
    """Making one costs tens of milliseconds, using it a microsecond a position."""
    ends = ("OGC:CRS84", name) if is_leaving else (name, "OGC:CRS84")
    return Transformer.from_crs(*ends)


def _turned(name: str, positions: Positions, is_leaving: bool) -> Positions:
    if not len(positions):
        return positions
    first, second = _transformer(name, is_leaving).transform(positions[:, 0], positions[:, 1])
    return np.column_stack([first, second, *positions[:, 2:].T])
