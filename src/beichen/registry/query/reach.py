"""What an actor can see, as SQL: the rule of :func:`access.visible`, compiled once for each set of scopes.

``visible`` answers with a queryset; its condition is taken over word for word, so that there is one rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS, connection

from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.levels import Level
from beichen.registry.models import Object
from beichen.registry.permissions import READ

_TABLE = Object._meta.db_table


@dataclass(frozen=True, slots=True)
class Reach:
    """A condition on ``o`` (empty: everything), or nothing at all."""

    condition: str = ""
    parameters: tuple[Any, ...] = ()
    is_nothing: bool = False


def reach_of(actor: Actor) -> Reach:
    """What ``actor`` may read."""
    if all(scope.region_path == scope.body_path == EVERYWHERE for scope in actor.scopes):
        return _everywhere(actor)
    rows = access.visible(actor, READ, Object.objects.order_by())
    query = rows.query
    if not query.where:
        return Reach()
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    joins_others = len([name for name, count in query.alias_refcount.items() if count]) > 1
    try:
        if joins_others:
            sql, parameters = rows.values("pk").query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            return Reach(f"o.id IN ({sql})", tuple(parameters))
        condition, parameters = query.where.as_sql(compiler, connection)
    except EmptyResultSet:
        return Reach(is_nothing=True)
    except FullResultSet:
        return Reach()
    quoted = connection.ops.quote_name(_TABLE)
    return Reach(condition.replace(f"{quoted}.", "o."), tuple(parameters))


def _everywhere(actor: Actor) -> Reach:
    """The short way for whom only levels limit, such as the public: the highest clearance decides."""
    if actor.is_system:
        return Reach()
    levels = [int(level) for _, level in access.reach(actor, READ)]
    if levels:
        return Reach("o.level <= %s", (max(levels),))
    return Reach(is_nothing=True)


def clearance_of(actor: Actor) -> Level:
    """The level that ``actor`` reaches on every object it can see: the lowest of its scopes.

    Fields above it are withheld from answers and do not exist for queries, so that a query cannot be
    used to guess what may not be read.
    """
    if actor.is_system:
        return Level.L4
    lowest = Level.L4
    for scope in actor.scopes:
        one = Actor(actor.key, actor.name, (scope,))
        if access.decide(one, READ, None):
            lowest = min(lowest, access.clearance(one, READ, None))
    return lowest if actor.scopes else Level.L1
