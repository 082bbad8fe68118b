"""Brings shapes of any coordinates' system to longitude and latitude in WGS 84."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from beichen.platforms.geo import coordinates
from beichen.platforms.geo.uploads import codes
from beichen.platforms.geo.uploads.found import Shapes
from beichen.problem import Problem, ProblemError, Where, said, shorten

Bring = Callable[[Shapes], Shapes]
SHIFTED = {"GCJ-02": coordinates.Datum.GCJ02, "BD-09": coordinates.Datum.BD09}
PLAIN = "OGC:CRS84"


def bringer(system: str) -> tuple[str, Bring]:
    """The system's short name, and what brings shapes of it to WGS 84. Raises ProblemError GEO-804.

    Named by EPSG code, WKT, PROJJSON, or as GCJ-02 and BD-09, which no register knows; empty is WGS 84.
    """
    name = system.strip()
    shifted = SHIFTED.get(name.upper().replace("GCJ02", "GCJ-02").replace("BD09", "BD-09"))
    if shifted is not None:
        return name.upper(), lambda shapes: shapely.transform(
            shapes, lambda places: _unshifted(places, shifted)
        )
    crs = _crs(name or PLAIN)
    if crs.is_geographic and crs.equals(CRS.from_user_input(PLAIN), ignore_axis_order=True):
        return PLAIN, lambda shapes: shapes
    return crs.to_string()[:60], lambda shapes: _brought(shapes, crs)


@lru_cache(maxsize=32)
def _crs(name: str) -> CRS:
    try:
        if name.upper() in ("URN:OGC:DEF:CRS:OGC:1.3:CRS84", "URN:OGC:DEF:CRS:OGC::CRS84"):
            name = PLAIN
        crs = CRS.from_user_input(name)
    except (CRSError, ValueError, TypeError) as error:
        message = said("{name!r} names no coordinate system", name=name[:40])
        hint = said("such as {name}", name="EPSG:4490")
        raise ProblemError(Problem(codes.NO_SYSTEM, shorten(message), Where(field="crs"), hint)) from error
    if not (crs.is_geographic or crs.is_projected or crs.is_compound or crs.is_bound):
        message = said("{name!r} is no system of places on the globe", name=name[:40])
        raise ProblemError(Problem(codes.NO_SYSTEM, shorten(message), Where(field="crs")))
    return crs


def _brought(shapes: Shapes, crs: CRS) -> Shapes:
    transformer = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)

    def bring(places: npt.NDArray[np.float64]) -> Any:
        x, y = transformer.transform(places[:, 0], places[:, 1])
        return np.column_stack([x, y])

    return _heights_kept(shapes, bring)


def _heights_kept(shapes: Shapes, bring: Callable[[Any], Any]) -> Shapes:
    """Shapes with x and y brought; heights stay what they are, in metres."""

    def with_heights(places: Any) -> Any:
        return np.column_stack([bring(places[:, :2]), places[:, 2]])

    brought = shapes.copy()
    high = shapely.has_z(shapes)
    brought[~high] = shapely.transform(shapes[~high], bring)
    if high.any():
        brought[high] = shapely.transform(shapes[high], with_heights, include_z=True)
    return brought


def _unshifted(places: Any, datum: coordinates.Datum) -> Any:
    return np.array([coordinates.to_wgs84(float(x), float(y), datum) for x, y in places], float).reshape(
        -1, 2
    )
