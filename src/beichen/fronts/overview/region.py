"""A region on the screen: what is known of it, and what lies within."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from shapely.geometry import shape

from beichen.fronts.overview.figures import KeyFigure, key_figures
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import subregions
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.pages import District


@dataclass(frozen=True)
class RegionView:
    """A region with its parts; ``places`` counts the features of point layers that lie in it."""

    region: Region
    district: District
    streets: list[Region]
    communities: int
    places: list[tuple[Layer, int]]
    figures: list[KeyFigure]


@lru_cache(maxsize=64)
def _inside(_state: tuple[str, str], base: str, code_property: str, layer: str) -> Counter[str]:
    """How many of a point layer's features lie in each region; once for a state of both layers."""
    areas = [
        (feature["properties"][code_property], shape(feature["geometry"])) for feature in geo.features(base)
    ]
    counts: Counter[str] = Counter()
    for feature in geo.features(layer):
        point = shape(feature["geometry"])
        counts.update(str(code) for code, area in areas if area.contains(point))
    return counts


def _places(layers: list[Layer], code: str) -> list[tuple[Layer, int]]:
    bases = [row for row in layers if row.region_property and row.kind == "polygon"]
    points = [row for row in layers if row.kind == "point" and row.style.get("role") not in {"label"}]
    found: list[tuple[Layer, int]] = []
    for row in points:
        base = bases[0]
        counts = _inside((base.sha256, row.sha256), base.key, base.region_property, row.key)
        found.append((row, counts[code]))
    return found


def region_view(region: Region, district: District, layers: list[Layer], *, by: Actor) -> RegionView:
    """Everything that the screen says to ``by`` of a region."""
    parts = subregions(region)
    return RegionView(
        region=region,
        district=district,
        streets=[part for part in parts if part.level == "street"],
        communities=sum(part.level == "community" for part in parts),
        places=_places(layers, region.code),
        figures=key_figures(region.code, by=by),
    )
