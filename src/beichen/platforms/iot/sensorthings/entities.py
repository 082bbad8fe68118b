"""Rows as entities: JSON with links, and what belongs to each; one question a relation, however many rows.

An answer is a mapping in the order of the standard. Related rows are found by ``back`` and dealt out to
their parents with a window, so that each parent gets its own first ``$top``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Count, F, OrderBy, QuerySet, Window
from django.db.models.functions import RowNumber

from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.platforms.iot.sensorthings.codes import bad_option
from beichen.platforms.iot.sensorthings.conditions import Conditions
from beichen.platforms.iot.sensorthings.filters import told_in
from beichen.platforms.iot.sensorthings.options import Query
from beichen.platforms.iot.sensorthings.rights import READ
from beichen.platforms.iot.sensorthings.schema import TYPES, EntityType, Kind, Relation

Entity = dict[str, Any]


def time_text(moment: datetime) -> str:
    """A time in UTC, with microseconds where there are any."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def key_text(key: int | str) -> str:
    """An entity's key as it stands in an address."""
    return str(key) if isinstance(key, int) else "'" + quote(key.replace("'", "''")) + "'"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and the service's root as links have it."""

    actor: Actor
    root: str

    def link(self, kind: EntityType, key: int | str) -> str:
        """An entity's own address."""
        return f"{self.root}/{kind.name}({key_text(key)})"

    def rows(self, kind: EntityType) -> QuerySet[Any]:
        """The entities that may be seen."""
        rows: QuerySet[Any] = visible(self.actor, READ, kind.model.objects.all())
        return rows


def following(address: str, query: Query) -> str:
    """The link of the next page."""
    options = {**query.told, "$top": str(query.top), "$skip": str(query.skip + query.top)}
    return f"{address}?{urlencode(options, safe='$(),;/')}"


def ordered(rows: QuerySet[Any], query: Query, conditions: Conditions) -> list[Any]:
    """By what rows are put in order, the key at last; where nothing is asked, as they are given."""
    if not query.order:
        given = [OrderBy(F(name)) for name in rows.query.order_by if isinstance(name, str) and name != "id"]
        return [*given, OrderBy(F("pk"))]
    with told_in("$orderby"):
        by = [(conditions.order(path), is_descending) for path, is_descending in query.order]
    found = [OrderBy(one, descending=is_descending, nulls_last=True) for one, is_descending in by]
    return [*found, OrderBy(F("pk"))]


def narrowed(rows: QuerySet[Any], kind: EntityType, query: Query, asker: Asker) -> QuerySet[Any]:
    """The rows that pass the query's filter."""
    if query.filter is None:
        return rows
    return Conditions(kind, asker.actor).applied(rows, query.filter)


def page(
    rows: QuerySet[Any], kind: EntityType, query: Query, asker: Asker
) -> tuple[list[Entity], int | None, bool]:
    """A page of entities, their number where it is asked for, and whether there are more."""
    rows = narrowed(rows, kind, query, asker)
    number = rows.count() if query.counts else None
    order = ordered(rows, query, Conditions(kind, asker.actor))
    found = list(rows.order_by(*order)[query.skip : query.skip + query.top + 1]) if query.top else []
    is_more = len(found) > query.top if query.top else rows.exists()
    return shown(found[: query.top], kind, query, asker), number, is_more and query.top > 0


def shown(rows: Sequence[Any], kind: EntityType, query: Query, asker: Asker) -> list[Entity]:
    """Rows as entities, with what is expanded."""
    entities = [_entity(row, kind, query, asker) for row in rows]
    for name, inner in query.expand.items():
        relation = kind.relation(name)
        if relation is None:
            raise bad_option("$expand", f"{kind.singular} leads to no {name}")
        _expanded(entities, rows, kind, relation, inner, asker)
    return entities


def _entity(row: Any, kind: EntityType, query: Query, asker: Asker) -> Entity:
    link = asker.link(kind, row.pk)
    entity: Entity = {}
    if query.shows("@iot.id"):
        entity["@iot.id"] = row.pk
    if query.shows("@iot.selfLink") and not query.select:
        entity["@iot.selfLink"] = link
    for one in kind.properties:
        if query.shows(one.name):
            value = getattr(row, one.column)
            if one.name == "properties" and not value:
                continue
            entity[one.name] = time_text(value) if one.kind is Kind.TIME else value
    for relation in kind.relations:
        if query.shows(relation.name) and relation.name not in query.expand and not query.select:
            entity[f"{relation.name}@iot.navigationLink"] = f"{link}/{relation.name}"
    return entity


def _expanded(
    entities: list[Entity],
    rows: Sequence[Any],
    kind: EntityType,
    relation: Relation,
    query: Query,
    asker: Asker,
) -> None:
    """Put what belongs to each row into its entity."""
    if relation.target == "Observations":
        from beichen.platforms.iot.sensorthings import observing

        observing.expand(entities, rows, kind, query, asker)
        return
    target = TYPES[relation.target]
    parents = [row.pk for row in rows]
    dealt, numbers = related(parents, relation, query, asker)
    unique = {row.pk: row for found in dealt.values() for row in found}
    made = dict(zip(unique, shown(list(unique.values()), target, query, asker), strict=True))
    for entity, row in zip(entities, rows, strict=True):
        mine = [made[one.pk] for one in dealt.get(row.pk, [])]
        if not relation.is_many:
            entity[relation.name] = mine[0] if mine else None
            continue
        if query.counts:
            entity[f"{relation.name}@iot.count"] = numbers.get(row.pk, 0)
        entity[relation.name] = mine[: query.top]
        if query.top and len(mine) > query.top:
            address = f"{asker.link(kind, row.pk)}/{relation.name}"
            entity[f"{relation.name}@iot.nextLink"] = following(address, query)


def related(
    parents: Iterable[int], relation: Relation, query: Query, asker: Asker
) -> tuple[Mapping[int, list[Any]], Mapping[int, int]]:
    """The related rows of each parent, one more than asked for, and their numbers where they are asked."""
    target = TYPES[relation.target]
    keys = list(parents)
    rows = asker.rows(target).filter(**{f"{relation.back}__in": keys})
    rows = narrowed(rows, target, query, asker).annotate(sta_parent=F(f"{relation.back}"))
    rows = rows.filter(sta_parent__in=keys)
    numbers: dict[int, int] = {}
    if query.counts and relation.is_many:
        counted = rows.order_by().values("sta_parent").annotate(sta_number=Count("pk"))
        numbers = {row["sta_parent"]: row["sta_number"] for row in counted}
    if relation.order:
        rows = rows.order_by(relation.order)
    order = ordered(rows, query, Conditions(target, asker.actor))
    placed = rows.annotate(
        sta_place=Window(RowNumber(), partition_by=[F(f"{relation.back}")], order_by=order)
    )
    first, last = (query.skip, query.skip + query.top + 1) if relation.is_many else (0, 1)
    dealt: dict[int, list[Any]] = {}
    for row in placed.filter(sta_place__gt=first, sta_place__lte=last).order_by("sta_parent", "sta_place"):
        dealt.setdefault(row.sta_parent, []).append(row)
    return dealt, numbers
