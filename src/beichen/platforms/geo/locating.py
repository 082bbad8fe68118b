"""Which region a point lies in, by the layers of areas that name their regions.

Areas are kept in a packed R-tree for as long as their layers do not change: a question costs one small query
and some microseconds. The smallest area with the point in it wins: a street's beats its district's.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Any

import orjson
import shapely

from beichen.kernel.statements import Prepared
from beichen.platforms.geo.models import GeometryKind, Layer, LayerContent

Signature = tuple[tuple[int, str, str], ...]


def region_at(longitude: float, latitude: float) -> str:
    """The code of the smallest region whose area holds the point (WGS 84); empty when none does."""
    tree, codes = _areas(tuple(map(tuple, _LAYERS.tuples())))
    if not codes:
        return ""
    found = tree.query(shapely.Point(longitude, latitude), predicate="intersects")
    # Areas stand from the smallest to the largest.
    return codes[int(min(found))] if len(found) else ""


_LAYERS = Prepared(
    lambda: (
        Layer.objects.filter(is_current=True, is_shown=True, kind=GeometryKind.POLYGON)
        .exclude(region_property="")
        .order_by("order", "key")
        .values_list("pk", "region_property", "sha256")
    )
)


@lru_cache(maxsize=4)
def _areas(signature: Signature) -> tuple[Any, list[str]]:
    """The tree of all areas of these layers, and the code of each."""
    names = {key: name for key, name, _hash in signature}
    found = []
    for row in LayerContent.objects.filter(layer__in=names):
        document = orjson.loads(gzip.decompress(bytes(row.gzipped)))
        for feature in document["features"]:
            code = feature["properties"].get(names[row.layer_id])
            if code:
                found.append((shapely.geometry.shape(feature["geometry"]), str(code)))
    found.sort(key=lambda pair: shapely.area(pair[0]))
    return shapely.STRtree([area for area, _code in found]), [code for _area, code in found]
