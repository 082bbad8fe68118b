"""Answering a query: a plan over the indexes, and a second look where an index cannot decide.

Every plan begins with an index: ids, a type, a box, a value. What an index cannot decide is decided by
reading documents, in the order of keys and at most :data:`READ_LIMIT` of them; a query that would need
more is refused (REG-106, TooComplexQuery) instead of reading the whole registry.

Long because one statement is put together from every part of a query, in the order that SQL wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection

from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.problem import Problem, ProblemError
from beichen.registry.document.changes import types_of
from beichen.registry.models import AttributeUse, ObjectType, Typing
from beichen.registry.problems import TOO_COMPLEX, bad_parameter
from beichen.registry.query.evaluation import evaluate
from beichen.registry.query.geo import GeoQuery
from beichen.registry.query.patterns import literal_prefix, matches
from beichen.registry.query.prefilter import Clause, prefilter
from beichen.registry.query.reach import clearance_of, reach_of
from beichen.registry.query.scopes import ScopeQuery
from beichen.registry.query.selection import Either, Selection, names_of
from beichen.registry.query.terms import Node, needed_names
from beichen.registry.spatial import fetch, spatial_index
from beichen.registry.types import find_types, indexed_names

READ_LIMIT = 20_000
SHAPE_LIMIT = 200_000
CHUNK_LIMIT = 5_000
OFFSET_LIMIT = 100_000
EPOCH = datetime.fromtimestamp(0, UTC)
Document = dict[str, Any]
Selector = tuple[Selection | None, list[str], str]  # one of several: types, ids, a pattern of ids


@dataclass(slots=True)
class Query:
    """What is asked for; names are stored names."""

    types: Selection | None = None
    ids: Sequence[str] = ()
    id_pattern: str = ""
    attributes: Sequence[str] = ()
    q: Node | None = None
    geo: GeoQuery | None = None
    scope: ScopeQuery | None = None
    is_everything: bool = False
    selectors: Sequence[Selector] = ()


@dataclass(slots=True)
class Row:
    """A found object as it is stored; ``document`` is its JSON text. Times only where asked for."""

    id: int
    type_id: int
    document: str
    shape: bytes | None = None
    stamps: str = ""
    created_at: datetime = EPOCH
    modified_at: datetime = EPOCH


@dataclass(slots=True)
class Plan:
    """The query as SQL and what is left for a second look."""

    tables: str
    conditions: list[str]
    parameters: list[Any]
    shape: str = ""
    shown: list[Any] = field(default_factory=list)  # parameters of ``shape``
    geo: GeoQuery | None = None
    checks: list[Callable[[Document], bool]] = field(default_factory=list)
    guards: dict[int, frozenset[str]] = field(default_factory=dict)
    is_nothing: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether SQL alone decides."""
        return not self.checks and self.geo is None


class Search:
    """One query of one actor."""

    def __init__(self, query: Query, actor: Actor, *, with_times: bool = True) -> None:
        self.query = query
        self.actor = actor
        self.with_times = with_times
        self.kinds: dict[str, ObjectType] = {}
        self.plan = self._plan()

    # ── planning ──────────────────────────────────────────────────────────────────────────────────

    def _plan(self) -> Plan:
        query = self.query
        if query.types is not None:
            self.kinds = find_types(names_of(query.types))
        plan = Plan("registry_object o", ["o.removed_at IS NULL"], [])
        candidates = self._candidates()
        if candidates is not None and not candidates:
            plan.is_nothing = True
            return plan
        self._place(plan)
        self._types(plan, candidates)
        self._ids(plan)
        self._guard(plan, candidates)
        self._names(plan, candidates)
        self._values(plan, candidates)
        if query.scope is not None:
            plan.conditions.append("o.scopes <> ''")
            plan.checks.append(
                lambda document: query.scope is not None and query.scope.matches(_scopes(document))
            )
        selectors = self.query.selectors
        if selectors:
            plan.checks.append(lambda document: any(_selected(item, document) for item in selectors))
        self._reach(plan)
        return plan

    def _candidates(self) -> dict[int, ObjectType] | None:
        """The types that matching objects can have; None when any."""
        query = self.query
        if query.types is not None:
            return {kind.pk: kind for kind in self.kinds.values()}
        needed = [set(query.attributes)] if query.attributes else []
        needed += needed_names(query.q) if query.q is not None else []
        needed = [names for names in needed if not names & _NOT_COUNTED]
        if query.geo is not None:
            needed.append({query.geo.attribute})
        if not needed:
            return None
        uses = AttributeUse.objects.filter(attribute__in=set.union(*needed), count__gt=0)
        found: dict[int, set[str]] = {}
        for type_id, attribute in uses.values_list("type_id", "attribute"):
            found.setdefault(type_id, set()).add(attribute)
        keys = [key for key, names in found.items() if all(names & wanted for wanted in needed)]
        return {kind.pk: kind for kind in ObjectType.objects.filter(pk__in=keys)}

    def _place(self, plan: Plan) -> None:
        geo = self.query.geo
        if geo is None:
            return
        single = next(iter(self.kinds.values())) if isinstance(self.query.types, str) and self.kinds else None
        type_id = single.pk if single is not None and not single.is_shared else None
        join = spatial_index().join(geo.attribute, geo.box, type_id)
        plan.tables, plan.shape, plan.geo = join.tables, join.shape, geo
        plan.conditions.insert(0, join.conditions)
        plan.parameters[:0] = join.parameters
        if geo.is_frame:
            inside = "g.west > %s AND g.south > %s AND g.east < %s AND g.north < %s"
            plan.shape = f"CASE WHEN {inside} THEN NULL ELSE {join.shape} END"
            plan.shown = list(geo.geometry.bounds)

    def _types(self, plan: Plan, candidates: dict[int, ObjectType] | None) -> None:
        if self.query.types is not None:
            clause = self._selected(self.query.types)
            plan.conditions.append(clause.sql)
            plan.parameters += clause.parameters
        elif candidates is not None and self.query.geo is None:
            marks = ", ".join(["%s"] * len(candidates))
            plan.conditions.append(f"o.type_id IN ({marks})")
            plan.parameters += list(candidates)

    def _selected(self, selection: Selection) -> Clause:
        if isinstance(selection, str):
            kind = self.kinds.get(selection)
            if kind is None:
                return Clause("1 = 0")
            if not kind.is_shared:
                return Clause("o.type_id = %s", [kind.pk])
            also = f"SELECT t.object_id FROM {Typing._meta.db_table} t WHERE t.type_id = %s"
            return Clause(f"(o.type_id = %s OR o.id IN ({also}))", [kind.pk, kind.pk])
        parts = [self._selected(part) for part in selection.parts]
        word = " OR " if isinstance(selection, Either) else " AND "
        sql = "(" + word.join(part.sql for part in parts) + ")"
        return Clause(sql, [item for part in parts for item in part.parameters])

    def _ids(self, plan: Plan) -> None:
        if self.query.ids:
            marks = ", ".join(["%s"] * len(self.query.ids))
            plan.conditions.append(f"o.urn IN ({marks})")
            plan.parameters += self.query.ids
        pattern = self.query.id_pattern
        if pattern:
            prefix = literal_prefix(pattern)
            if prefix:
                plan.conditions.append("o.urn >= %s AND o.urn < %s")
                plan.parameters += [prefix, prefix + "\U0010ffff"]
            plan.checks.append(lambda document: matches(pattern, document["id"]))

    def _guard(self, plan: Plan, candidates: dict[int, ObjectType] | None) -> None:
        """Withhold guarded fields from the second look, and so from what a query can find out."""
        kinds = list(ObjectType.objects.exclude(levels={}) if candidates is None else candidates.values())
        guarded = {kind.pk: kind.levels for kind in kinds if kind.levels}
        reach = clearance_of(self.actor) if guarded else Level.L4
        for key, levels in guarded.items():
            withheld = frozenset(name for name, level in levels.items() if level > reach)
            if withheld:
                plan.guards[key] = withheld

    def _names(self, plan: Plan, candidates: dict[int, ObjectType] | None) -> None:
        wanted = set(self.query.attributes)
        if wanted and not self._always_have(wanted, candidates or {}, plan):
            plan.checks.append(lambda document: not wanted.isdisjoint(document))

    def _always_have(self, wanted: set[str], candidates: dict[int, ObjectType], plan: Plan) -> bool:
        """Whether all objects of the candidate types have one same attribute of ``wanted``."""
        if plan.guards or not candidates or any(kind.is_shared for kind in candidates.values()):
            return False
        uses = AttributeUse.objects.filter(type__in=candidates, attribute__in={"", *wanted})
        counts: dict[tuple[int, str], int] = {}
        for type_id, attribute, count in uses.values_list("type_id", "attribute", "count"):
            counts[(type_id, attribute)] = max(count, counts.get((type_id, attribute), 0))
        return all(
            any(counts.get((key, name), 0) >= counts.get((key, ""), 1) for name in wanted)
            for key in candidates
        )

    def _values(self, plan: Plan, candidates: dict[int, ObjectType] | None) -> None:
        node = self.query.q
        if node is None:
            return
        # An object of two types is indexed by both; asking by the strictest of the types is safe.
        indexed: frozenset[str] | None = None
        for kind in (candidates or {}).values():
            names = indexed_names([kind])
            if names is not None:
                indexed = names if indexed is None else indexed & names
        clause = prefilter(node, indexed)
        if clause is not None:
            plan.conditions.append(clause.sql)
            plan.parameters += clause.parameters
        if clause is None or not clause.is_exact or plan.guards:
            plan.checks.append(lambda document: evaluate(node, document))

    def _reach(self, plan: Plan) -> None:
        reach = reach_of(self.actor)
        if reach.is_nothing:
            plan.is_nothing = True
        if reach.condition:
            plan.conditions.append(reach.condition)
            plan.parameters += reach.parameters

    # ── answering ─────────────────────────────────────────────────────────────────────────────────

    def page(self, limit: int, offset: int = 0) -> tuple[list[Row], bool]:
        """Up to ``limit`` objects from ``offset`` on by key, and whether more follow."""
        if self.plan.is_nothing:
            return [], False
        if offset > OFFSET_LIMIT:
            raise bad_parameter("offset", f"at most {OFFSET_LIMIT}", "narrow the query instead")
        if self.plan.is_exact:
            rows = self._read(0, limit + 1, offset)
            return rows[:limit], len(rows) > limit
        found: list[Row] = []
        for row in self._matching(limit + offset + 1):
            found.append(row)
            if len(found) > limit + offset:
                break
        return found[offset : offset + limit], len(found) > limit + offset

    def every(self) -> list[Row]:
        """All matching objects, as long as they are no more than :data:`READ_LIMIT`."""
        if self.plan.is_nothing:
            return []
        rows = list(self._matching(1_000))
        if len(rows) > READ_LIMIT:
            raise _too_complex()
        return rows

    def count(self) -> int:
        """How many objects match."""
        if self.plan.is_nothing:
            return 0
        if self.plan.is_exact:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {self._from()}", self.plan.parameters)
                return int(cursor.fetchone()[0])
        return sum(1 for _ in self._matching(1_000))

    def _from(self) -> str:
        return f"{self.plan.tables} WHERE {' AND '.join(self.plan.conditions)}"

    def _read(self, after: int, limit: int, offset: int = 0) -> list[Row]:
        columns = f"o.id, o.type_id, o.document, {self.plan.shape or 'NULL'}"
        if self.with_times:
            columns += ", o.stamps, o.created_at, o.modified_at"
        bound = " AND o.id > %s" if after else ""
        statement = f"SELECT {columns} FROM {self._from()}{bound} ORDER BY o.id LIMIT %s OFFSET %s"
        parameters = [*self.plan.shown, *self.plan.parameters, *([after] if after else []), limit, offset]
        return [Row(*row) for row in fetch(statement, parameters)]

    def _matching(self, wanted: int) -> Iterator[Row]:
        """Matching objects by key, read in growing chunks."""
        after, read = 0, 0
        size = min(wanted + 16, CHUNK_LIMIT)  # some shapes of a box will not match
        limit = READ_LIMIT if self.plan.checks else SHAPE_LIMIT
        while True:
            rows = self._read(after, size)
            is_last = len(rows) < size
            if not is_last and self.plan.geo is not None:
                rows = _whole(rows)
            yield from self._checked(rows)
            if is_last:
                return
            read += len(rows)
            if read >= limit:
                raise _too_complex()
            after, size = rows[-1].id, min(size * 4, CHUNK_LIMIT)

    def _checked(self, rows: list[Row]) -> Iterator[Row]:
        geo = self.plan.geo
        if geo is not None:
            chosen = geo.select([row.shape for row in rows])
            seen: set[int] = set()
            matching = []
            for row, is_match in zip(rows, chosen, strict=True):
                if is_match and row.id not in seen and not self._hides_place(row):
                    seen.add(row.id)
                    matching.append(row)
            rows = matching
        if not self.plan.checks:
            yield from rows
            return
        for row in rows:
            document = orjson.loads(row.document)
            for name in self.plan.guards.get(row.type_id, ()):
                document.pop(name, None)
            if all(check(document) for check in self.plan.checks):
                yield row

    def _hides_place(self, row: Row) -> bool:
        geo = self.plan.geo
        return geo is not None and geo.attribute in self.plan.guards.get(row.type_id, ())


_NOT_COUNTED = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "observedAt", "datasetId"})


def _whole(rows: list[Row]) -> list[Row]:
    """Rows without the last object's, whose further shapes may stand in the next chunk."""
    kept = [row for row in rows if row.id != rows[-1].id]
    return kept or rows


def _scopes(document: Document) -> list[str]:
    value = document.get("scope", [])
    return [value] if isinstance(value, str) else value


def _selected(selector: Selector, document: Document) -> bool:
    types, ids, pattern = selector
    if ids and document["id"] not in ids:
        return False
    if pattern and not matches(pattern, document["id"]):
        return False
    return types is None or has_types(types, document)


def has_types(selection: Selection, document: Document) -> bool:
    """Whether a document's types satisfy a selection."""
    if isinstance(selection, str):
        return selection in types_of(document)
    if isinstance(selection, Either):
        return any(has_types(part, document) for part in selection.parts)
    return all(has_types(part, document) for part in selection.parts)


def _too_complex() -> ProblemError:
    hint = "narrow it by type, id or place, or ask for an indexed field"
    return ProblemError(Problem(TOO_COMPLEX, f"more than {READ_LIMIT} objects would be read", hint=hint))
