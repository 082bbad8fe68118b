"""The regions of many features at once: by the code that each states, else by where it stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from beichen.kernel.org.models import Region
from beichen.platforms.geo.locating import regions_at


class Regions:
    """Paths of regions, read once; made for the length of one job."""

    def __init__(self) -> None:
        self._paths = dict(Region.objects.filter(is_current=True).values_list("code", "path"))

    def __call__(self, shapes: npt.NDArray[np.object_], told: Sequence[str | None]) -> list[str]:
        """Each shape's region: that of the code it is told, else the one it lies in; or empty."""
        found = [self._paths.get(code or "", "") for code in told]
        open_ = [number for number, path in enumerate(found) if not path]
        if open_ and self._paths:
            places = shapely.point_on_surface(shapes[open_])
            for number, code in zip(open_, regions_at(places), strict=True):
                found[number] = self._paths.get(code, "")
        return found
