"""The names of the city that the grammar knows: regions and roads, read once and kept until they change."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from django.db.models import Max

from beichen.kernel.org.models import Region, RegionLevel
from beichen.kernel.statements import Prepared
from beichen.platforms.geo.addresses.grammar import Named, Words
from beichen.platforms.geo.addresses.models import Gazetteer, Place, PlaceKind
from beichen.platforms.geo.addresses.notation import folded

_RANKS = {
    RegionLevel.PROVINCE: 0,
    RegionLevel.CITY: 1,
    RegionLevel.COUNTY: 2,
    RegionLevel.STREET: 3,
    RegionLevel.COMMUNITY: 4,
}
_SHORTENED = (
    RegionLevel.PROVINCE,
    RegionLevel.CITY,
    RegionLevel.COUNTY,
)
_MARKS = "省市区县"
_STAMP = Prepared(lambda: Gazetteer.objects.filter(pk=1).values_list("stamp"))


def stamp() -> int:
    """Another one whenever names were changed; 0 before there are any."""
    return next((number for (number,) in _STAMP.tuples()), 0)


def words() -> Words:
    """The names of now: a question of one row as long as they are the same."""
    return _words(stamp(), _newest_region())


def _newest_region() -> int:
    return next((key or 0 for (key,) in _NEWEST.tuples()), 0)


_NEWEST = Prepared(lambda: Region.objects.order_by().values_list(Max("pk")))


@lru_cache(maxsize=2)
def _words(_stamp: int, _region: int) -> Words:
    full: dict[str, list[Named]] = defaultdict(list)
    short: dict[str, list[Named]] = defaultdict(list)
    rows = Region.objects.filter(is_current=True, level__in=_RANKS)
    for name, level, code, path in rows.order_by("code").values_list("name", "level", "code", "path"):
        named = Named(_RANKS[RegionLevel(level)], code, path)
        spelt = folded(name)
        full[spelt].append(named)
        bare = spelt.rstrip(_MARKS)
        if level in _SHORTENED and len(bare) > 1 and bare != spelt:
            short[bare].append(named)
    return Words(
        {name: tuple(found) for name, found in full.items()},
        {name: tuple(found) for name, found in short.items()},
        {name: name for name in map(folded, _roads()) if len(name) > 1},
    )


def _roads() -> list[str]:
    return list(Place.objects.filter(kind=PlaceKind.ROAD).order_by().values_list("name", flat=True))
