"""Routing (分发): the first row of the kind's table that fits region, category and grade chooses the body.

A row names a body by its key, or the nearest one of a kind (``{kind: street-office, at: street}``): the
current body of that kind whose region is the case's region or above it, at that level. A row whose body the
city does not have is passed over and says so, so that a scene runs in any city.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from beichen.hubs.events.kinds.categories import covers
from beichen.hubs.events.kinds.declaration import Kind, Nearest, Row
from beichen.kernel.org.models import Body, Region
from beichen.kernel.statements import Prepared, slot


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets a case: the lead, those beside it, the row that chose (from one), its conditions."""

    lead: Body | None
    support: tuple[Body, ...] = ()
    row: int = 0
    why: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _named(count: int) -> Prepared[Body]:
    """The current bodies of so many keys."""
    keys = [slot(Body, f"key{number}", "key") for number in range(count)]
    return Prepared(
        lambda: Body.objects.select_related("region").filter(is_current=True, key__in=keys).order_by()
    )


@lru_cache(maxsize=64)
def _nearest(kinds: int, regions: int) -> Prepared[Body]:
    """The current bodies of one of so many kinds, in one of so many regions."""
    kind = [slot(Body, f"kind{number}", "kind") for number in range(kinds)]
    code = [slot(Region, f"code{number}", "code") for number in range(regions)]
    current = Body.objects.select_related("region").filter(is_current=True)
    return Prepared(lambda: current.filter(kind__in=kind, region__code__in=code).order_by("-key"))


def _numbered(word: str, values: Iterable[str]) -> dict[str, str]:
    return {f"{word}{number}": value for number, value in enumerate(values)}


class Bodies:
    """The bodies that tables name, found in two queries at most."""

    def __init__(self, rows: Sequence[Row], region: Region) -> None:
        wanted = [target for row in rows for target in (row.to, *row.support)]
        keys = {target for target in wanted if isinstance(target, str)}
        kinds = {target.kind for target in wanted if isinstance(target, Nearest)}
        codes = region.path.strip("/").split("/")
        named = _named(len(keys)).rows(**_numbered("key", keys)) if keys else []
        self._by_key = {body.key: body for body in named}
        near = _nearest(len(kinds), len(codes)) if kinds else None
        found = near.rows(**_numbered("kind", kinds), **_numbered("code", codes)) if near is not None else []
        self._near = {(body.kind, body.region.level): body for body in found if body.region is not None}

    def find(self, target: str | Nearest) -> Body | None:
        """The body that ``target`` means here."""
        if isinstance(target, str):
            return self._by_key.get(target)
        return self._near.get((target.kind, target.at))


def fits(row: Row, *, region: str, category: str, grade: int) -> bool:
    """Whether a row's conditions hold: a region's code (``220102*`` covers all below), category, grades."""
    if row.region:
        prefix = row.region.removesuffix("*")
        if not (region.startswith(prefix) if row.region.endswith("*") else region == prefix):
            return False
    if row.category and not covers(row.category, category):
        return False
    return not row.grade or grade in row.grade


def route(kind: Kind, region: Region, grade: int) -> Route:
    """The first row of the kind's table that fits and whose body exists."""
    return first_route(kind.route, region, category=kind.category, grade=grade)


def first_route(
    rows: Sequence[Row],
    region: Region,
    *,
    category: str = "",
    grade: int = 0,
    among: Bodies | None = None,
) -> Route:
    """The first of ``rows`` that fits and whose body exists; other rooms keep tables of the same rows.

    ``among`` are the bodies of several tables, found at once by who asks all of them.
    """
    bodies = Bodies(rows, region) if among is None else among
    for number, row in enumerate(rows, 1):
        if not fits(row, region=region.code, category=category, grade=grade):
            continue
        lead = bodies.find(row.to)
        if lead is not None:
            support = tuple(body for body in map(bodies.find, row.support) if body is not None)
            return Route(lead, support, number, _why(row))
    return Route(None)


def _why(row: Row) -> dict[str, str]:
    """The conditions of the row; none: it takes every case that comes so far."""
    grades = ", ".join(map(str, row.grade))
    named = {"region": row.region, "category": row.category, "grade": grades}
    return {name: value for name, value in named.items() if value}
