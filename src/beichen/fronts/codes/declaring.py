"""Readers and entitlements as packages declare them. Loading compares first and writes what differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from beichen.fronts.codes.models import Entitlement, Reader
from beichen.fronts.codes.problems import KEY_TAKEN, NO_BODY
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

Wanted = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def load_card(readers: Wanted, entitlements: Wanted, *, owner: str, by: Actor) -> Changes:
    """Make what ``owner`` declares equal; what vanished is offered no more, and what was granted stays.

    ``body`` and ``grantor`` are keys of bodies. Raises ProblemError COD-401, COD-402 with each mistake.
    """
    changes = Changes()
    named = {str(one["body"]) for one in readers.values()} | {
        str(one["grantor"]) for one in entitlements.values()
    }
    bodies = {row.key: row for row in Body.objects.filter(key__in=named)}
    problems = [*_taken(Reader, readers, owner), *_taken(Entitlement, entitlements, owner)]
    problems += _missing(named, bodies)
    if problems:
        raise ProblemError(*problems)
    _load(Reader, _placed(readers, "body", bodies), owner, changes)
    _load(Entitlement, _placed(entitlements, "grantor", bodies), owner, changes)
    if changes:
        detail = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        audit.record(by, "codes.card.declare", f"fronts_codes.entitlement:{owner}", detail=detail)
    return changes


def _taken(model: Any, wanted: Wanted, owner: str) -> list[Problem]:
    rows = model.objects.filter(key__in=list(wanted)).exclude(owner=owner)
    return [
        Problem(
            KEY_TAKEN,
            shorten(said("{key} is declared by {owner}", key=row.key, owner=row.owner)),
            Where(field=row.key),
        )
        for row in rows
    ]


def _missing(named: set[str], bodies: Mapping[str, Body]) -> list[Problem]:
    names = list(Body.objects.values_list("key", flat=True)[:2000]) if named - set(bodies) else []
    return [
        Problem(
            NO_BODY, shorten(said("no body is called {key}", key=key)), Where(field=key), nearest(key, names)
        )
        for key in sorted(named - set(bodies))
    ]


def _placed(wanted: Wanted, field: str, bodies: Mapping[str, Body]) -> dict[str, dict[str, Any]]:
    return {key: {**one, field: bodies[str(one[field])]} for key, one in wanted.items()}


def _load(model: Any, wanted: Mapping[str, dict[str, Any]], owner: str, changes: Changes) -> None:
    known = {row.key: row for row in model.objects.filter(Q(owner=owner) | Q(key__in=list(wanted)))}
    for key, one in wanted.items():
        values = {**one, "owner": owner, "is_current": True}
        row = known.get(key)
        if row is None:
            model.objects.create(key=key, **values)
            changes.added.append(key)
        elif any(getattr(row, name) != value for name, value in values.items()):
            model.objects.filter(pk=row.pk).update(**values)
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    gone = [key for key, row in known.items() if key not in wanted and row.is_current]
    model.objects.filter(key__in=gone).update(is_current=False)
    changes.removed += gone
