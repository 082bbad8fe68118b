"""Which region a point lies in, by the layers of areas that name their regions.

Areas are kept in a packed R-tree for as long as their layers do not change: a question costs one small query
and some microseconds. The smallest area with the point in it wins: a street's beats its district's.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import shapely

from beichen.kernel.statements import Prepared
from beichen.platforms.geo.models import GeometryKind, Layer, LayerContent, Origin

Signature = tuple[tuple[int, str, str], ...]


def region_at(longitude: float, latitude: float) -> str:
    """The code of the smallest region whose area holds the point (WGS 84); empty when none does."""
    tree, codes = _areas(signature())
    if not codes:
        return ""
    found = tree.query(shapely.Point(longitude, latitude), predicate="intersects")
    # Areas stand from the smallest to the largest.
    return codes[int(min(found))] if len(found) else ""


def regions_at(points: Any) -> list[str]:
    """The same for an array of points."""
    tree, codes = _areas(signature())
    found = np.full(len(points), len(codes))
    if codes:
        places, areas = tree.query(points, predicate="intersects")
        np.minimum.at(found, places, areas)
    return [codes[area] if area < len(codes) else "" for area in found.tolist()]


def signature() -> Signature:
    """The state of the layers that name regions."""
    return tuple((int(key), str(name), str(content)) for key, name, content in _LAYERS.tuples())


_LAYERS = Prepared(
    lambda: (
        Layer.objects.filter(is_current=True, is_shown=True, kind=GeometryKind.POLYGON, origin=Origin.PACKAGE)
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
