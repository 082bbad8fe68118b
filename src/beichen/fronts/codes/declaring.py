"""Readers and entitlements as packages declare them. Loading compares first and writes what differs.

A scene is installed before the city's bodies are there: it names them by key, as services name theirs, and
what it declares waits for them (``bodies.py``). A city has its bodies, and names no others.
"""

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
from beichen.kernel.scene.section import PackageKind
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

Wanted = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def load_card(readers: Wanted, entitlements: Wanted, *, owner: str, by: Actor) -> Changes:
    """Make what ``owner`` declares equal; what vanished is offered no more, and what was granted stays.

    ``body`` and ``grantor`` are keys of bodies. What a city declared goes over to a scene that declares it,
    with all that was granted of it. Raises ProblemError COD-401, and COD-402 for a city, with each mistake.
    """
    changes = Changes()
    problems = [*_taken(Reader, readers, owner), *_taken(Entitlement, entitlements, owner)]
    if _is_city(owner):
        named = {str(one["body"]) for one in readers.values()}
        problems += _missing(named | {str(one["grantor"]) for one in entitlements.values()})
    if problems:
        raise ProblemError(*problems)
    _load(Reader, _named(readers, "body"), owner, changes)
    _load(Entitlement, _named(entitlements, "grantor"), owner, changes)
    if changes:
        detail = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        audit.record(by, "codes.card.declare", f"fronts_codes.entitlement:{owner}", detail=detail)
    return changes


def _is_city(owner: str) -> bool:
    return owner.startswith(f"{PackageKind.CITY}:")


def _taken(model: Any, wanted: Wanted, owner: str) -> list[Problem]:
    rows = model.objects.filter(key__in=list(wanted)).exclude(owner=owner)
    return [
        Problem(
            KEY_TAKEN,
            shorten(said("{key} is declared by {owner}", key=row.key, owner=row.owner)),
            Where(field=row.key),
            said("leave it out of one of the two files, or give it another key"),
        )
        for row in rows
        if _is_city(owner) or not _is_city(row.owner)
    ]


def _missing(named: set[str]) -> list[Problem]:
    missing = named - set(Body.objects.filter(key__in=named).values_list("key", flat=True))
    names = list(Body.objects.values_list("key", flat=True)[:2000]) if missing else []
    return [
        Problem(
            NO_BODY, shorten(said("no body is called {key}", key=key)), Where(field=key), nearest(key, names)
        )
        for key in sorted(missing)
    ]


def _named(wanted: Wanted, field: str) -> dict[str, dict[str, Any]]:
    rows = {key: dict(one) for key, one in wanted.items()}
    for one in rows.values():
        one[f"{field}_id"] = str(one.pop(field))
    return rows


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
