"""Metres: a plane of its own for each analysis, laid through the middle of what is asked about.

The plane is a transverse Mercator projection of WGS 84 with the middle's meridian. Lengths are wrong by
x²/2R² at x metres east or west of it: 1 in 80,000 at 30 km, 1 in 5,000 at 130 km; areas twice that.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from beichen.platforms.geo.analysis.codes import TOO_WIDE, refused
from beichen.problem import said

WIDEST = 8.0  # degrees
MOST_LATITUDE = 84.0


@lru_cache(maxsize=64)
def _transformers(longitude: float, latitude: float) -> tuple[Transformer, Transformer]:
    flat = f"+proj=tmerc +lon_0={longitude} +lat_0={latitude} +k=1 +datum=WGS84 +units=m +no_defs"
    globe = "EPSG:4326"
    there = Transformer.from_crs(globe, flat, always_xy=True)
    return there, Transformer.from_crs(flat, globe, always_xy=True)


class Plane:
    """A plane through ``longitude`` and ``latitude``, in metres."""

    def __init__(self, longitude: float, latitude: float) -> None:
        # To a hundredth of a degree, so that analyses of one place share their transformers.
        self._there, self._back = _transformers(round(longitude, 2), round(latitude, 2))

    @classmethod
    def through(cls, *arrays: Any) -> Plane:
        """The plane through the middle of all shapes. Raises ProblemError GEO-649."""
        boxes = [shapely.total_bounds(shapes) for shapes in arrays if len(shapes)]
        if not boxes:
            return cls(0.0, 0.0)
        west, south = np.nanmin([box[:2] for box in boxes], axis=0)
        east, north = np.nanmax([box[2:] for box in boxes], axis=0)
        if east - west > WIDEST or north - south > WIDEST or max(abs(south), abs(north)) > MOST_LATITUDE:
            message = said("the features lie over {most} degrees apart", most=int(WIDEST))
            raise refused(TOO_WIDE, message, hint=said("narrow the layers to the city"))
        return cls(float(west + east) / 2, float(south + north) / 2)

    def flat(self, shapes: Any) -> Any:
        """Shapes in degrees as shapes in metres."""
        return shapely.transform(shapes, self._there.transform, interleaved=False)

    def on_globe(self, shapes: Any) -> Any:
        """Shapes in metres as shapes in degrees."""
        return shapely.transform(shapes, self._back.transform, interleaved=False)

    def points(self, places: Iterable[tuple[float, float]]) -> Any:
        """Longitudes and latitudes as points in metres."""
        return self.flat(shapely.points(np.array(list(places), dtype=float).reshape(-1, 2)))
