"""Coordinate systems at the edge: within the house everything is WGS 84, longitude first.

Maps of the country's providers are shifted: GCJ-02 (国测局坐标) and, on top of it, BD-09 (百度坐标). Their
formulas are those of ``eviltransform``; it turns them round only roughly, so here the way back is iterated on
the way there until it is exact to a millimetre. Outside China nothing is shifted. CGCS2000 (EPSG:4490 and its
zones) and every other system of the EPSG register come from PROJ through ``pyproj``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache

import eviltransform
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

__all__ = ["Datum", "bd09_from_wgs84", "from_wgs84", "gcj02_from_wgs84", "to_wgs84", "transformed"]

UNKNOWN_CRS = code("GEO-120", "The coordinate system is not known.", status=422)
NO_IMAGE = code("GEO-121", "A position cannot be carried over into the coordinate system.", status=422)

Position = tuple[float, float]
_EXACT = 1e-8  # degrees: about a millimetre
_STEPS = 12  # each gains two digits; four do


class Datum(StrEnum):
    """What a position of a Chinese map may be in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def gcj02_from_wgs84(longitude: float, latitude: float) -> Position:
    """A position as maps of the country show it (GCJ-02); the same outside China."""
    shifted_latitude, shifted_longitude = eviltransform.wgs2gcj(latitude, longitude)
    return shifted_longitude, shifted_latitude


def bd09_from_wgs84(longitude: float, latitude: float) -> Position:
    """A position in BD-09; the same outside China."""
    shifted_latitude, shifted_longitude = eviltransform.wgs2bd(latitude, longitude)
    return shifted_longitude, shifted_latitude


_SHIFTS: dict[Datum, Callable[[float, float], Position]] = {
    Datum.WGS84: lambda longitude, latitude: (longitude, latitude),
    Datum.GCJ02: gcj02_from_wgs84,
    Datum.BD09: bd09_from_wgs84,
}


def from_wgs84(longitude: float, latitude: float, datum: Datum) -> Position:
    """A position of WGS 84 in another datum."""
    return _SHIFTS[datum](longitude, latitude)


def to_wgs84(longitude: float, latitude: float, datum: Datum) -> Position:
    """A position of another datum in WGS 84."""
    shift = _SHIFTS[datum]
    if datum is Datum.WGS84 or eviltransform.outOfChina(latitude, longitude):
        return longitude, latitude
    x, y = longitude, latitude
    for _step in range(_STEPS):
        there_x, there_y = shift(x, y)
        off_x, off_y = there_x - longitude, there_y - latitude
        x, y = x - off_x, y - off_y
        if abs(off_x) < _EXACT and abs(off_y) < _EXACT:
            break
    return x, y


def transformed(positions: Iterable[Position], source: str, target: str) -> list[Position]:
    """Positions of one system of the EPSG register in another, easting or longitude first.

    Raises ProblemError GEO-120 for a name such as ``EPSG:4490`` that is none, GEO-121 for a position that the
    target does not hold.
    """
    try:
        xs, ys = zip(*positions, strict=True)
    except ValueError:
        return []
    try:
        found_x, found_y = _transformer(source, target).transform(xs, ys, errcheck=True)
    except ProjError as error:
        message = shorten(said("no position of {target}: {reason}", target=target, reason=str(error)))
        raise ProblemError(Problem(NO_IMAGE, message)) from None
    return list(zip(found_x, found_y, strict=True))


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    """Making one costs tens of milliseconds, using it a microsecond a position."""
    return Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


def _crs(name: str) -> CRS:
    register, _colon, number = name.upper().partition(":")
    try:
        if register != "EPSG" or not number.isdecimal() or len(number) > 6:
            raise CRSError(name)
        return CRS.from_epsg(int(number))
    except CRSError:
        message = said("{name!r} names no coordinate system", name=name[:40])
        hint = said("such as {name}", name="EPSG:4490")
        raise ProblemError(Problem(UNKNOWN_CRS, shorten(message), Where(field="crs"), hint)) from None
