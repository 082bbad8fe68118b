"""The one decision: who, action, resource → yes, or no with the reason and who could allow it.

Deny by default. A scope allows an action on a row when its role carries the permission, its clearance
reaches the row's level, and the row lies in the scope's region subtree and body subtree. The same rule
is a queryset filter, so that a list costs one query and agrees with the single decision.
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from beichen.kernel.access.models import Role
from beichen.kernel.access.permissions import allows, declared
from beichen.kernel.actor import EVERYWHERE, Actor, Scope
from beichen.kernel.levels import Level, ScopeFields
from beichen.problem import Problem, ProblemError, code, said, shorten

REFUSED = code("ACC-403", "This needs a right that the actor does not have.", status=403)
ROLES_SECONDS = 30
RowT = TypeVar("RowT", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no; why; and which roles could allow it."""

    allowed: bool
    reason: str
    grantors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class _Grant:
    permissions: tuple[str, ...]
    clearance: int
    name: str
    name_en: str

    @property
    def label(self) -> str:
        """The role in the reader's language."""
        return (self.name_en if (get_language() or "").startswith("en") else "") or self.name


_kept: list[tuple[float, dict[str, _Grant]]] = []


def forget_roles() -> None:
    """Drop the cached roles; called by whoever writes them."""
    _kept.clear()


def _grants() -> dict[str, _Grant]:
    """The roles of this process, read again after :data:`ROLES_SECONDS`: every decision asks for them."""
    for until, grants in _kept:
        if clock.monotonic() < until:
            return grants
    rows = Role.objects.values_list("key", "permissions", "clearance", "name", "name_en")
    found = {
        key: _Grant(tuple(names), clearance, name, name_en) for key, names, clearance, name, name_en in rows
    }
    _kept[:] = [(clock.monotonic() + ROLES_SECONDS, found)]
    return found


def _scopes(actor: Actor, action: str) -> list[tuple[Scope, _Grant]]:
    if action not in declared():
        raise ValueError(f"no room declares the permission {action}")
    grants = _grants()
    held = ((scope, grants.get(scope.role)) for scope in actor.scopes)
    return [
        (scope, grant) for scope, grant in held if grant is not None and allows(grant.permissions, action)
    ]


def _value(resource: Any, lookup: str | None) -> Any:
    if lookup is None:
        return None
    try:
        return attrgetter(lookup.replace("__", "."))(resource)
    except AttributeError:
        return None  # a link that is empty, such as a body without a region


def _reaches(prefix: str, path: Any, lookup: str | None) -> bool:
    return prefix == EVERYWHERE or lookup is None or (path is not None and str(path).startswith(prefix))


def scope_fields(model: Any) -> ScopeFields:
    """The scope of a model or a row; models without one are unscoped."""
    fields: ScopeFields = getattr(model, "ACCESS", None) or ScopeFields()
    return fields


def decide(actor: Actor, action: str, resource: Any = None, *, level: Level = Level.L1) -> Decision:
    """Whether ``actor`` may do ``action`` to ``resource`` (a row, or None for "at all").

    ``level`` raises the needed clearance, for a field or for data that is no row.
    """
    if actor.is_system:
        return Decision(True, "system")
    fields = scope_fields(resource)
    needed = max(int(level), int(_value(resource, fields.level) or Level.L1))
    candidates = _scopes(actor, action)
    for scope, grant in candidates:
        inside = _reaches(scope.region_path, _value(resource, fields.region), fields.region) and _reaches(
            scope.body_path, _value(resource, fields.body), fields.body
        )
        if inside and grant.clearance >= needed:
            return Decision(True, f"role {scope.role} in {scope.region_path or '*'} {scope.body_path or '*'}")
    if not candidates:
        reason = said("no post carries the permission {action}", action=action)
    elif all(grant.clearance < needed for _, grant in candidates):
        reason = said("data of level L{needed} is above the clearance of every post", needed=needed)
    else:
        reason = said("the resource lies outside the region or body of every post")
    return Decision(False, reason, _grantors(action, needed))


def _grantors(action: str, needed: int) -> tuple[str, ...]:
    return tuple(
        grant.label
        for key, grant in _grants().items()
        if key != "public" and grant.clearance >= needed and allows(grant.permissions, action)
    )


def require(actor: Actor, action: str, resource: Any = None, *, level: Level = Level.L1) -> Decision:
    """The decision when it is yes. Raises ProblemError ACC-403, saying who could allow it."""
    decision = decide(actor, action, resource, level=level)
    if not decision:
        hint = (
            said("could be allowed by: {names}", names=", ".join(decision.grantors))
            if decision.grantors
            else ""
        )
        raise ProblemError(Problem(REFUSED, shorten(decision.reason), hint=hint))
    return decision


def _subtree(lookup: str | None, prefix: str) -> Q:
    return Q() if lookup is None or prefix == EVERYWHERE else Q(**{f"{lookup}__under": prefix})


def visible(actor: Actor, action: str, rows: QuerySet[RowT]) -> QuerySet[RowT]:
    """Those of ``rows`` that ``decide`` would allow, as one query."""
    return rows if actor.is_system else within(areas(actor, action), rows)


def within(found: Iterable[Area], rows: QuerySet[RowT]) -> QuerySet[RowT]:
    """Those of ``rows`` that lie in one of the areas: ``visible``, for a query that is built once for all
    actors of the same areas."""
    fields = scope_fields(rows.model)
    anywhere = Q(pk__in=[])
    for area in found:
        level = Q(**{f"{fields.level}__lte": int(area.clearance)}) if fields.level else Q()
        part = _subtree(fields.region, area.region_path) & _subtree(fields.body, area.body_path) & level
        if not part:
            return rows
        anywhere |= part
    return rows.filter(anywhere)


def reach(actor: Actor, action: str) -> list[tuple[str, Level]]:
    """For what is no row: the region paths in which ``actor`` may do ``action``, each with its clearance."""
    if actor.is_system:
        return [(EVERYWHERE, max(Level))]
    return [(scope.region_path, Level(grant.clearance)) for scope, grant in _scopes(actor, action)]


@dataclass(frozen=True, slots=True)
class Area:
    """Where a post carries a permission: subtrees of regions and bodies by their paths, up to a level."""

    region_path: str
    body_path: str
    clearance: Level


def areas(actor: Actor, action: str) -> list[Area]:
    """For rows that lie in no model: each area in which ``actor`` may do ``action``; none: not at all."""
    if actor.is_system:
        return [Area(EVERYWHERE, EVERYWHERE, max(Level))]
    return [
        Area(scope.region_path, scope.body_path, Level(grant.clearance))
        for scope, grant in _scopes(actor, action)
    ]


def clearance(actor: Actor, action: str, resource: Any) -> Level:
    """The highest level at which ``actor`` may do ``action`` to ``resource``; L1 when not at all."""
    for level in sorted(Level, reverse=True):
        if decide(actor, action, resource, level=level):
            return level
    return Level.L1


def readable_fields(actor: Actor, action: str, resource: Any, names: Iterable[str]) -> list[str]:
    """Those of ``names`` whose data level the actor's clearance reaches on this row."""
    levels: dict[str, Level] = getattr(resource, "FIELD_LEVELS", {})
    reach = clearance(actor, action, resource)
    return [name for name in names if levels.get(name, Level.L1) <= reach]
