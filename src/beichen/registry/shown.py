"""Objects of one type with their shapes, page by page: what a layer of objects shows.

Like :mod:`.sightings`, this tells nothing personal (L3, L4), and of the rest what the asker may see.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

import orjson

from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.registry.document.changes import instances
from beichen.registry.models import Object, ObjectType
from beichen.registry.query.geo import Box, GeoQuery
from beichen.registry.query.plan import Query
from beichen.registry.query.reach import clearance_of
from beichen.registry.query.search import Row, Search
from beichen.registry.sightings import names_of_type


class Shown(NamedTuple):
    """An object as a feature: ``region`` is its region's path, ``geometry`` GeoJSON, ``values`` by name."""

    id: int
    code: str
    name: str
    region: str
    geometry: dict[str, Any]
    values: dict[str, Any]


def shown_objects(
    kind: ObjectType, *, by: Actor, limit: int, after: int = 0, box: Box | None = None
) -> tuple[list[Shown], int]:
    """Up to ``limit`` objects that have a place, and what to go on after; 0 when no more follow.

    Objects come in the order of their keys; those that touch ``box``, if given. Raises ProblemError REG-106.
    """
    if not _places_are_seen(kind, by):
        return [], 0
    geo = None if box is None else GeoQuery("intersects", box)
    search = Search(Query(types=kind.key, geo=geo), by, with_times=False)
    rows = list(islice(search.following(after, limit + 1), limit + 1))
    more = rows[limit - 1].id if len(rows) > limit else 0
    return _shown(rows[:limit], names_of_type(kind, by=by)), more


def count_objects(kind: ObjectType, *, by: Actor) -> int:
    """How many objects of the type ``by`` may see, placed or not."""
    return Search(Query(types=kind.key), by, with_times=False).count()


def shown_object(kind: ObjectType, code: str, *, by: Actor) -> Shown | None:
    """One object by its code; None where there is none, or none for ``by``, or it has no place."""
    urn = Object.objects.filter(code=code, type=kind, removed_at=None).values_list("urn", flat=True).first()
    if urn is None or not _places_are_seen(kind, by):
        return None
    rows, _more = Search(Query(ids=(urn,), types=kind.key), by, with_times=False).page(1)
    found = _shown(rows, names_of_type(kind, by=by))
    return found[0] if found else None


def _places_are_seen(kind: ObjectType, by: Actor) -> bool:
    return bool(kind.levels.get("location", Level.L1) <= min(clearance_of(by), Level.L2))


def _shown(rows: list[Row], names: list[str]) -> list[Shown]:
    known: dict[int, tuple[str, str, str | None]] = {}
    keys = [row.id for row in rows]
    for start in range(0, len(keys), 1_000):
        named = Object.objects.filter(pk__in=keys[start : start + 1_000])
        known |= {pk: rest for pk, *rest in named.values_list("pk", "code", "name", "region__path")}  # type: ignore[misc]
    found = []
    for row in rows:
        document = orjson.loads(row.document)
        location = instances(document.get("location")).get("")
        if location is None or row.id not in known:
            continue
        code, name, region = known[row.id]
        found.append(Shown(row.id, code, name, region or "", location["value"], _values(document, names)))
    return found


def _values(document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    attributes = ((name, instances(document.get(name)).get("")) for name in names)
    return {name: one["value"] for name, one in attributes if one is not None and "value" in one}
