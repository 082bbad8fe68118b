"""What packages declare: templates, groups and rosters. Loading compares first and writes what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body
from beichen.platforms.comms.codes import NO_MEMBER, TAKEN
from beichen.platforms.comms.models import Group, Roster, Template
from beichen.problem import Problem, ProblemError, Where, said, shorten

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Stock:
    """Values of templates, groups and rosters by key; ``body`` and ``fallback`` of a roster are keys."""

    templates: Rows = field(default_factory=dict)
    groups: Rows = field(default_factory=dict)
    rosters: Rows = field(default_factory=dict)


def _load(model: type[models.Model], owner: str, wanted: Rows, changes: Changes) -> None:
    """Make the owner's rows equal ``wanted``; what vanished stays, marked as not current."""
    manager: Any = model._default_manager
    known = {row.key: row for row in manager.filter(models.Q(owner=owner) | models.Q(key__in=wanted))}
    taken = [key for key, row in known.items() if row.owner != owner]
    if taken:
        raise ProblemError(
            *(
                Problem(
                    TAKEN,
                    shorten(said("{key} is declared by {owner}", key=key, owner=known[key].owner)),
                    Where(field=key),
                )
                for key in taken
            )
        )
    names = sorted({name for values in wanted.values() for name in values} | {"is_current"})
    fresh, changed = [], []
    for key, values in wanted.items():
        row = known.get(key)
        full = {**values, "is_current": True}
        if row is None:
            fresh.append(model(key=key, owner=owner, **full))
            changes.added.append(key)
        elif any(getattr(row, name) != value for name, value in full.items()):
            for name, value in full.items():
                setattr(row, name, value)
            changed.append(row)
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    gone = [key for key, row in known.items() if key not in wanted and row.is_current]
    manager.bulk_create(fresh)
    if changed:
        manager.bulk_update(changed, names)
    manager.filter(key__in=gone).update(is_current=False)
    changes.removed += gone


def _resolved(rosters: Rows) -> Rows:
    """Rosters with rows instead of keys. Raises ProblemError COM-303 for each key that names nothing."""
    bodies = {row.key: row for row in Body.objects.filter(key__in={one["body"] for one in rosters.values()})}
    groups = {row.key: row for row in Group.objects.filter(key__in=_fallbacks(rosters.values()))}
    problems = [
        Problem(NO_MEMBER, shorten(said("no body is called {key}", key=one["body"])), Where(field=key))
        for key, one in rosters.items()
        if one["body"] not in bodies
    ]
    problems += [
        Problem(NO_MEMBER, shorten(said("no group is called {key}", key=one["fallback"])), Where(field=key))
        for key, one in rosters.items()
        if one["fallback"] and one["fallback"] not in groups
    ]
    if problems:
        raise ProblemError(*problems)
    return {
        key: {
            **{name: value for name, value in one.items() if name not in ("body", "fallback")},
            "body_id": bodies[one["body"]].pk,
            "fallback_id": groups[one["fallback"]].pk if one["fallback"] else None,
        }
        for key, one in rosters.items()
    }


def _fallbacks(rosters: Iterable[Mapping[str, Any]]) -> set[str]:
    return {one["fallback"] for one in rosters if one["fallback"]}


@transaction.atomic
def load_stock(stock: Stock, *, owner: str, by: Actor) -> Changes:
    """Make what ``owner`` declares equal ``stock``; members, chats and shifts that people entered stay.

    Raises ProblemError COM-303 for bodies and groups that are not there, COM-304 for keys of others.
    """
    changes = Changes()
    _load(Template, owner, stock.templates, changes)
    _load(Group, owner, stock.groups, changes)
    _load(Roster, owner, _resolved(stock.rosters), changes)
    if changes:
        audit.record(by, "comms.package.load", f"platforms_comms.template:{owner}", detail=changes.counts())
        bus.publish("comms.package.loaded", owner, changes.counts(), by=by, level=2)
    return changes
