"""Planning a query: which index it begins with, and what is left for a second look at documents.

Every plan begins with an index: ids, a type, a box, a value. A clause may let through objects that do not
match; then a check on the document has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.registry.document.changes import types_of
from beichen.registry.models import AttributeUse, ObjectType, Typing
from beichen.registry.query.evaluation import evaluate
from beichen.registry.query.geo import GeoQuery
from beichen.registry.query.patterns import literal_prefix, matches
from beichen.registry.query.prefilter import Clause, prefilter
from beichen.registry.query.reach import clearance_of, reach_of
from beichen.registry.query.scopes import ScopeQuery
from beichen.registry.query.selection import Either, Selection, names_of
from beichen.registry.query.terms import Node, needed_names
from beichen.registry.spatial import spatial_index
from beichen.registry.types import indexed_names, read_types

Document = dict[str, Any]
Selector = tuple[Selection | None, list[str], str]  # one of several: types, ids, a pattern of ids
_NOT_COUNTED = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "observedAt", "datasetId"})


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
class Plan:
    """The query as SQL and what is left for a second look."""

    tables: str
    conditions: list[str]
    parameters: list[Any]
    shape: str = ""
    before: str = ""
    geo: GeoQuery | None = None
    checks: list[Callable[[Document], bool]] = field(default_factory=list)
    guards: dict[int, frozenset[str]] = field(default_factory=dict)
    is_nothing: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether SQL alone decides."""
        return not self.checks and self.geo is None


class Planner:
    """Plans one query of one actor; ``kinds`` are the types that it names."""

    def __init__(self, query: Query, actor: Actor) -> None:
        self.query = query
        self.actor = actor
        self.kinds: dict[str, ObjectType] = {}

    def plan(self) -> Plan:
        """The plan."""
        query = self.query
        if query.types is not None:
            self.kinds = read_types(names_of(query.types))
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
            plan.checks.append(lambda document: any(is_selected(item, document) for item in selectors))
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
        box = None if self.query.ids else geo.box  # the ids are fewer than what a box may hold
        join = spatial_index().join(geo.attribute, box, type_id, is_frame=geo.is_frame)
        plan.before, plan.tables, plan.shape, plan.geo = join.before, join.tables, join.shape, geo
        if join.conditions:
            plan.conditions.insert(0, join.conditions)
        plan.parameters[:0] = join.parameters

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


def _scopes(document: Document) -> list[str]:
    value = document.get("scope", [])
    return [value] if isinstance(value, str) else value


def is_selected(selector: Selector, document: Document) -> bool:
    """Whether a document is of a selector's ids, pattern and types."""
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
