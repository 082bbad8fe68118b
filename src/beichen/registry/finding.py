"""Finding objects for pages and other rooms: by code, name, type and region, in pages by cursor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q, QuerySet

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.statements import Prepared, slot
from beichen.problem import shorten
from beichen.registry.models import Object, ObjectVersion, Relation
from beichen.registry.permissions import READ
from beichen.registry.problems import not_found

PAGE = 50
PAGE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """Some objects in the order of their keys, and the cursor of the next page; None at the end."""

    objects: list[Object]
    next: int | None


def _present(by: Actor) -> QuerySet[Object]:
    rows = Object.objects.filter(removed_at=None).select_related("type", "region", "body")
    return access.visible(by, READ, rows)


def find_objects(
    *,
    by: Actor,
    text: str = "",
    type_key: str = "",
    region_path: str = "",
    cursor: int = 0,
    limit: int = PAGE,
) -> ObjectPage:
    """Objects that ``by`` may see. ``text`` is a code, an id, or the beginning of a name."""
    rows = _present(by).filter(id__gt=cursor).order_by("id")
    if text:
        rows = rows.filter(Q(code=text.upper()) | Q(urn=text) | Q(name__startswith=text))
    if type_key:
        rows = rows.filter(type__key=type_key)
    if region_path:
        rows = rows.filter(region__path__under=region_path)
    limit = max(1, min(limit, PAGE_LIMIT))
    found = list(rows[: limit + 1])
    return ObjectPage(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def object_by_code(code: str, *, by: Actor) -> Object:
    """The present object with this code. Raises ProblemError REG-104 when there is none to be seen."""
    row = _by_code(None if by.is_system else tuple(access.areas(by, READ))).first(code=code)
    if row is None:
        raise not_found(shorten(f"there is no object with the code {code}"))
    return row


@lru_cache(maxsize=256)
def _by_code(areas: tuple[access.Area, ...] | None) -> Prepared[Object]:
    """The statement for who may read objects in these areas (None: everywhere)."""
    rows = Object.objects.filter(removed_at=None, code=slot(Object, "code"))
    rows = rows.select_related("type", "region", "body")
    return Prepared(lambda: rows if areas is None else access.within(areas, rows))


def object_by_urn(urn: str, *, by: Actor) -> Object:
    """The present object with this id. Raises ProblemError REG-104 when there is none to be seen."""
    row = _present(by).filter(urn=urn).first()
    if row is None:
        raise not_found(shorten(f"there is no object with the id {urn}"))
    return row


def versions_of(row: Object, *, limit: int = PAGE) -> list[ObjectVersion]:
    """What the object was before, the latest first."""
    return list(ObjectVersion.objects.filter(object=row).order_by("-version")[:limit])


def related(row: Object, *, by: Actor, limit: int = PAGE) -> list[Relation]:
    """Relations of other visible objects to this one."""
    sources = _present(by).values("pk")
    rows = Relation.objects.filter(target=row.urn, source__in=sources).select_related("source__type")
    return list(rows.order_by("id")[:limit])
