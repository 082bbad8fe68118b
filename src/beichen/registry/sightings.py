"""What objects of one type say now, in a place: their fields, their latest measures, and where they are.

Made for maps, lists and guidance: a box or a distance is answered by the spatial index, as NGSI-LD's
geo-queries are. What is personal (L3, L4) is not told here, whoever asks: for that there is NGSI-LD, which
records each look. A field that the asker may not see does not exist, for conditions neither.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.utils import timezone
from shapely.geometry import Point, shape

from beichen.kernel.actor import Actor
from beichen.kernel.calendar.service import is_working_day
from beichen.kernel.levels import Level
from beichen.kernel.scene.expressions import check_condition
from beichen.problem import Problem, ProblemError, Where, code, nearest, shorten
from beichen.registry.document.changes import instances
from beichen.registry.models import Object, ObjectType
from beichen.registry.query.geo import Box, GeoQuery, distances_from
from beichen.registry.query.plan import Query
from beichen.registry.query.reach import clearance_of
from beichen.registry.query.search import READ_LIMIT, Row, Search

NO_TYPE = code("REG-115", "There is no such type of objects to be seen.", status=404)
BAD_PLACE = code("REG-116", "The place is not one that can be asked about.", status=422)
FARTHEST_M = 20_000
MOST_NEAREST = 100
CLOCK = (
    "hour",
    "weekday",
    "workday",
)  # what a condition may ask beside the object's own names


class Sighting(NamedTuple):
    """An object as it stands: ``values`` by name, ``times`` of those that were measured (RFC 3339, UTC)."""

    id: int
    urn: str
    code: str
    name: str
    region: str
    region_name: str
    region_name_en: str
    longitude: float | None
    latitude: float | None
    values: dict[str, Any]
    times: dict[str, str]


class Near(NamedTuple):
    """A sighting and how far away it is, in metres."""

    distance_m: float
    seen: Sighting


def seen_type(key: str) -> ObjectType:
    """A declared type whose objects may be told of. Raises ProblemError REG-115."""
    kinds = ObjectType.objects.filter(is_declared=True, level__lt=Level.L3)
    kind = kinds.filter(key=key).first()
    if kind is None:
        known = kinds.values_list("key", flat=True)
        raise ProblemError(
            Problem(NO_TYPE, shorten(f"there is no type {key!r}"), Where(field="type"), nearest(key, known))
        )
    return kind


def names_of_type(kind: ObjectType, *, by: Actor) -> list[str]:
    """The fields and measures of a type that ``by`` may see here."""
    reach = min(clearance_of(by), Level.L2)
    return [name for name in (*kind.fields, *kind.measures) if kind.levels.get(name, Level.L1) <= reach]


def clock_values(now: datetime) -> dict[str, Any]:
    """The city's moment for conditions: ``hour`` with its minutes, ``weekday`` from 1, and ``workday``."""
    local = timezone.localtime(now)
    hour = local.hour + local.minute / 60
    return {"hour": hour, "weekday": local.isoweekday(), "workday": is_working_day(local.date())}


def sightings(
    kind: ObjectType, *, by: Actor, box: Box | None = None, limit: int = READ_LIMIT
) -> tuple[list[Sighting], bool]:
    """Up to ``limit`` objects of the type by key, within ``box`` if given; whether there are more."""
    geo = None if box is None else GeoQuery("within", box)
    search = Search(Query(types=kind.key, geo=geo), by, with_times=False)
    rows, has_more = search.page(limit)
    return _seen(rows, names_of_type(kind, by=by)), has_more


def nearest_objects(
    kind: ObjectType,
    longitude: float,
    latitude: float,
    *,
    by: Actor,
    within_m: float,
    where: str = "",
    limit: int = 10,
    now: datetime | None = None,
) -> list[Near]:
    """The objects nearest to a place (WGS 84) of which the SQL condition ``where`` holds, the nearest first.

    The condition may ask the clock (:data:`CLOCK`) as it stands ``now``, for what is open by the hour.

    Raises ProblemError REG-106 for a place with too many, REG-116, SCN-240 and SCN-241 for a condition.
    """
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ProblemError(Problem(BAD_PLACE, "no such longitude and latitude", Where(field="at")))
    if not 0 < within_m <= FARTHEST_M:
        message = f"from 1 to {FARTHEST_M} metres"
        raise ProblemError(
            Problem(BAD_PLACE, "the distance is too large or none", Where(field="within"), message)
        )
    names = names_of_type(kind, by=by)
    condition = check_condition(where, [*names, *CLOCK]) if where else None
    clock = clock_values(now or timezone.now()) if where else {}
    place = Point(longitude, latitude)
    search = Search(
        Query(types=kind.key, geo=GeoQuery("maxDistance", place, distance=within_m)), by, with_times=False
    )
    found = [
        one
        for one in _read(search.every(), names)
        if condition is None or condition.holds({**clock, **one.values})
    ]
    # What a distance found has a place.
    places = [(one.longitude or 0.0, one.latitude or 0.0) for one in found]
    ranked = sorted(
        zip(distances_from(place, places), found, strict=True), key=lambda pair: (pair[0], pair[1].id)
    )
    chosen = ranked[: min(limit, MOST_NEAREST)]
    rows = _named([one for _metres, one in chosen])
    return [Near(metres, one) for (metres, _), one in zip(chosen, rows, strict=True)]


def _seen(rows: list[Row], names: Collection[str]) -> list[Sighting]:
    return _named(_read(rows, names))


def _read(rows: list[Row], names: Collection[str]) -> list[Sighting]:
    """Rows as sightings, whose codes and regions are not known yet."""
    return [_sighting(row.id, orjson.loads(row.document), names) for row in rows]


def _sighting(key: int, document: dict[str, Any], names: Collection[str]) -> Sighting:
    values: dict[str, Any] = {}
    times: dict[str, str] = {}
    for name in names:
        attribute = instances(document.get(name)).get("")
        if attribute is None or "value" not in attribute:
            continue
        values[name] = attribute["value"]
        if "observedAt" in attribute:
            times[name] = attribute["observedAt"]
    longitude, latitude = _place(document)
    return Sighting(key, document["id"], "", "", "", "", "", longitude, latitude, values, times)


def _place(document: dict[str, Any]) -> tuple[float | None, float | None]:
    location = instances(document.get("location")).get("")
    if location is None:
        return None, None
    geometry = location["value"]
    if geometry["type"] == "Point":
        return float(geometry["coordinates"][0]), float(geometry["coordinates"][1])
    inside = shape(geometry).representative_point()
    return inside.x, inside.y


def _named(found: list[Sighting]) -> list[Sighting]:
    """The same with codes, names and regions: one query for each thousand."""
    known: dict[int, tuple[Any, ...]] = {}
    keys = [one.id for one in found]
    for start in range(0, len(keys), 1_000):
        rows = Object.objects.filter(pk__in=keys[start : start + 1_000]).values_list(
            "pk", "code", "name", "region__code", "region__name", "region__name_en"
        )
        known |= {row[0]: row[1:] for row in rows}
    named = []
    for one in found:
        code, name, *region = known.get(one.id, ("", "", "", "", ""))
        called = [text or "" for text in region]
        named.append(
            one._replace(
                code=code, name=name, region=called[0], region_name=called[1], region_name_en=called[2]
            )
        )
    return named
