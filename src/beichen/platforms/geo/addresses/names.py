"""The city's own names as places: regions, roads and named features of the map, things of the registry.

Layers and regions are read whole when a city is loaded; of the registry each change is followed
(:mod:`beichen.platforms.geo.subscribers`). All is read once at the first start, and by ``beichen addresses
names``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Region, RegionLevel
from beichen.platforms.geo.addresses.gazetteer import PlaceFacts, drop_places, keep_places, touch_gazetteer
from beichen.platforms.geo.addresses.models import Gazetteer, Place, PlaceKind
from beichen.platforms.geo.locating import region_at
from beichen.platforms.geo.models import GeometryKind, Layer
from beichen.platforms.geo.rights import WRITE_ADDRESSES
from beichen.registry.models import Object
from beichen.registry.service import find_objects

_WEIGHTS = {
    RegionLevel.PROVINCE: 40,
    RegionLevel.CITY: 95,
    RegionLevel.COUNTY: 90,
    RegionLevel.STREET: 60,
    RegionLevel.COMMUNITY: 30,
}
_ROADS = {"motorway": 55, "trunk": 52, "primary": 50, "secondary": 45, "tertiary": 40}
_NAMED = ("label", "metro")
_PAGE = 500


def read_all(*, by: Actor) -> dict[str, int]:
    """Read the names of regions, of the map and of all things; how many were written. Raises ACC-403."""
    counts = read_names(by=by) | {"objects": read_objects(by=by)}
    Gazetteer.objects.update_or_create(pk=1, defaults={"read_at": timezone.now()})
    return counts


def are_names_read() -> bool:
    """Whether all names were read once, as they are not in a house that is older than its gazetteer."""
    return Gazetteer.objects.filter(read_at__isnull=False).exists()


@transaction.atomic
def read_names(*, by: Actor) -> dict[str, int]:
    """Make regions and the map's roads and features places; how many were written and dropped.

    Raises ProblemError ACC-403.
    """
    require(by, WRITE_ADDRESSES)
    from beichen.platforms.geo.service import features, layers  # which imports this package

    shown = [
        (row, features(row.key)) for row in layers() if row.style.get("role") in ("road", "boundary", *_NAMED)
    ]
    facts = [*_regions(shown), *_roads(shown), *_features(shown)]
    written = keep_places(facts)
    kinds = [PlaceKind.REGION, PlaceKind.FEATURE]
    present = set(Place.objects.filter(kind__in=kinds).order_by().values_list("ref", flat=True))
    dropped = drop_places(sorted(present - {one.ref for one in facts}))
    if written or dropped:
        touch_gazetteer()
        audit.record(
            by, "geo.place.read", "platforms_geo.place", detail={"written": written, "dropped": dropped}
        )
    return {"written": written, "dropped": dropped}


Shown = list[tuple[Layer, list[dict[str, Any]]]]


def _regions(shown: Shown) -> Iterator[PlaceFacts]:
    """Every current region, in the middle of its area where one is drawn."""
    middles: dict[str, BaseGeometry] = {}
    for row, features in shown:
        if row.region_property and row.kind == GeometryKind.POLYGON:
            for one in features:
                code = str(one["properties"].get(row.region_property) or "")
                middles[code] = shape(one["geometry"]).representative_point()
    regions = Region.objects.filter(is_current=True).exclude(level=RegionLevel.GRID)
    for region in regions.select_related("parent").order_by("code"):
        middle = middles.get(region.code)
        yield PlaceFacts(
            ref=f"region:{region.code}",
            kind=PlaceKind.REGION,
            name=region.name,
            name_en=region.name_en,
            about=region.parent.name if region.parent else "",
            longitude=round(middle.x, 6) if middle else None,
            latitude=round(middle.y, 6) if middle else None,
            region=region.code,
            weight=_WEIGHTS[RegionLevel(region.level)],
        )


def _chinese(name: str) -> str:
    """A road's name without its romanisation: 吉林大路 of 吉林大路 (Jílín Dàlù)."""
    return re.split(r"\s*[(（]|\s+(?=[A-Z])", name.strip(), maxsplit=1)[0]


def _roads(shown: Shown) -> Iterator[PlaceFacts]:
    """Each name of a road once, in the middle of its longest piece."""
    pieces: dict[str, list[tuple[str, BaseGeometry]]] = defaultdict(list)
    for row, features in shown:
        if row.style.get("role") == "road" and row.kind == GeometryKind.LINE:
            for one in features:
                name = _chinese(str(one["properties"].get(row.style.get("label", "name")) or ""))
                if len(name) > 1:
                    rank = str(one["properties"].get(row.style.get("class", "class")) or "")
                    pieces[name].append((rank, shape(one["geometry"])))
    for name, found in pieces.items():
        longest = max((piece for _rank, piece in found), key=lambda piece: float(piece.length))
        middle = (
            longest.interpolate(0.5, normalized=True)
            if longest.geom_type == "LineString"
            else longest.centroid
        )
        yield PlaceFacts(
            ref=f"road:{name}",
            kind=PlaceKind.ROAD,
            name=name,
            longitude=round(middle.x, 6),
            latitude=round(middle.y, 6),
            region=region_at(middle.x, middle.y),
            weight=max(_ROADS.get(rank.removesuffix("_link"), 35) for rank, _piece in found),
        )


def _features(shown: Shown) -> Iterator[PlaceFacts]:
    """Points of the map that are written on it: labels and stations."""
    seen: set[str] = set()
    for row, features in shown:
        if row.style.get("role") not in _NAMED or row.kind != GeometryKind.POINT:
            continue
        for one in features:
            name = str(one["properties"].get(row.style.get("label", "name")) or "").strip()
            ref = f"feature:{row.key}:{name}"[:200]
            point = shape(one["geometry"])
            if name and ref not in seen and isinstance(point, shapely.Point):
                seen.add(ref)
                at = (round(point.x, 6), round(point.y, 6))
                yield PlaceFacts(ref, PlaceKind.FEATURE, name, "", row.name, *at, region_at(*at), 35)


def read_objects(*, by: Actor) -> int:
    """Make every open thing of the registry that has a name a place; returns how many were written."""
    require(by, WRITE_ADDRESSES)
    written, cursor = 0, 0
    while True:
        page = find_objects(by=by, cursor=cursor, limit=_PAGE)
        found = [facts for facts in map(place_of_object, page.objects) if facts is not None]
        with transaction.atomic():
            number = keep_places(found)
            if number:
                audit.record(by, "geo.place.read", "platforms_geo.place", detail={"objects": number})
        written += number
        if page.next is None:
            return written
        cursor = page.next


def place_of_object(row: Object) -> PlaceFacts | None:
    """A thing as a place; None for one without a name, or that not everybody may see."""
    if not row.name or row.level != Level.L1 or row.removed_at is not None or row.type.kind == "person":
        return None
    document = row.parsed()
    at = _at(document.get("location"))
    return PlaceFacts(
        ref=f"object:{row.code}",
        kind=PlaceKind.OBJECT,
        name=row.name,
        about=row.type.name or row.type.key,
        longitude=at[0] if at else None,
        latitude=at[1] if at else None,
        region=row.region.code if row.region else "",
        weight=20,
    )


def _at(location: Any) -> tuple[float, float] | None:
    """The place of an NGSI-LD GeoProperty."""
    value = location.get("value") if isinstance(location, dict) else None
    try:
        middle = shape(value).representative_point()
        return round(middle.x, 6), round(middle.y, 6)
    except (TypeError, KeyError, ValueError, AttributeError, shapely.errors.GEOSException):
        return None
