"""What is at a point (逆地理编码): the nearest address and road, the region, the cells.

Addresses are looked up by their H3 cells, ring by ring, until one is found: the work is bounded by what
stands within half a kilometre. Roads are those of the map, in a packed R-tree for as long as their layers
stay the same.
"""

from __future__ import annotations

import gzip
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import h3.api.basic_int as h3
import orjson
import shapely

from beichen.kernel.access.service import require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.statements import Prepared
from beichen.platforms.geo.addresses.facts import RESOLUTION
from beichen.platforms.geo.addresses.models import Address, Standing
from beichen.platforms.geo.locating import region_at
from beichen.platforms.geo.models import GeometryKind, Layer, LayerContent, Origin
from beichen.platforms.geo.rights import READ
from beichen.problem import Problem, ProblemError, Where, code, said

__all__ = ["Around", "around"]

BAD_POINT = code("GEO-126", "The point has no place on the globe.", status=422)
_RINGS = (1, 3, 6)  # of cells of some 130 m: up to about 150, 400 and 800 m
_MOST = 3_000
_METRES = 111_195.0
_FARTHEST_ROAD = 0.004  # degrees


@dataclass(frozen=True, slots=True)
class Around:
    """What is at a point. Distances in metres; empty and None for what is not near."""

    address: Address | None
    address_m: float | None
    road: str
    road_m: float | None
    region: str


def around(longitude: float, latitude: float, *, by: Actor) -> Around:
    """What is at the point (WGS 84). Raises ProblemError ACC-403, GEO-126."""
    require(by, READ)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        message = said("degrees from {least} to {most}", least="-180, -90", most="180, 90")
        raise ProblemError(Problem(BAD_POINT, message, Where(field="longitude")))
    nearest = _nearest_address(longitude, latitude, by)
    road, road_m = _nearest_road(longitude, latitude)
    address, address_m = nearest or (None, None)
    return Around(address, address_m, road, road_m, region_at(longitude, latitude))


def _nearest_address(longitude: float, latitude: float, by: Actor) -> tuple[Address, float] | None:
    centre = h3.latlng_to_cell(latitude, longitude, RESOLUTION)
    rows = visible(by, READ, Address.objects.exclude(standing=Standing.RETIRED))
    for rings in _RINGS:
        cells = [int(cell) for cell in h3.grid_disk(centre, rings)]
        found = [
            (_metres(longitude, latitude, x, y), pk)
            for pk, x, y in rows.filter(cell__in=cells)
            .order_by()
            .values_list("pk", "longitude", "latitude")[:_MOST]
        ]
        if found:
            distance, key = min(found)
            return Address.objects.select_related("region").get(pk=key), round(distance, 1)
    return None


def _metres(x: float, y: float, other_x: float, other_y: float) -> float:
    east = (other_x - x) * math.cos(math.radians(y))
    return _METRES * math.hypot(east, other_y - y)


def _nearest_road(longitude: float, latitude: float) -> tuple[str, float | None]:
    tree, names, shortening = _roads(tuple(map(tuple, _LAYERS.tuples())))
    if not names:
        return "", None
    point = shapely.Point(longitude * shortening, latitude)
    found = tree.query_nearest(point, max_distance=_FARTHEST_ROAD, return_distance=True, all_matches=False)
    indices, distances = found
    if not len(indices):
        return "", None
    return names[int(indices[0])], round(float(distances[0]) * _METRES, 1)


_LAYERS = Prepared(
    lambda: (
        Layer.objects.filter(
            is_current=True, is_shown=True, kind=GeometryKind.LINE, style__role="road", origin=Origin.PACKAGE
        )
        .order_by("order", "key")
        .values_list("pk", "sha256", "south", "north")
    )
)


@lru_cache(maxsize=2)
def _roads(signature: tuple[tuple[Any, ...], ...]) -> tuple[Any, list[str], float]:
    """The tree of all named roads of these layers, the name of each, and how much longitudes are shortened.

    Degrees are so alike in both directions, and the nearest line is the nearest on the ground.
    """
    lines, names = [], []
    for row in LayerContent.objects.filter(layer__in=[one[0] for one in signature]).select_related("layer"):
        document = orjson.loads(gzip.decompress(bytes(row.gzipped)))
        label = row.layer.style.get("label", "name")
        for feature in document["features"]:
            name = feature["properties"].get(label)
            if name:
                lines.append(shapely.geometry.shape(feature["geometry"]))
                names.append(str(name))
    middle = sum((south + north) / 2 for _key, _hash, south, north in signature) / max(1, len(signature))
    shortening = math.cos(math.radians(middle))
    moved = shapely.transform(lines, lambda places: places * (shortening, 1.0))
    return shapely.STRtree(moved), names, shortening
