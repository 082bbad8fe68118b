"""The stream of a case: appended with its projection and published, in one transaction; read again whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from beichen.hubs.events.case.changes import Change, from_data, name_of, to_data
from beichen.hubs.events.case.projection import columns_of, parts_of, project
from beichen.hubs.events.case.state import CaseState, Happened, evolve, fold
from beichen.hubs.events.models import Case, CaseEvent
from beichen.kernel.actor import Actor
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Body
from beichen.kernel.statements import Insertion

_PRIVATE = frozenset(
    {
        "title", "text", "answers", "address", "place", "opinion", "why_grade",
        "reason", "result", "purpose", "file", "yuan",
    }
)  # fmt: skip
"""Members of events that are not published: what anybody wrote stays with who sees the case."""
_EVENTS = Insertion(CaseEvent)


def append(
    row: Case,
    state: CaseState,
    changes: Sequence[Change],
    *,
    by: Actor,
    now: datetime,
    body: Body | None = None,
) -> None:
    """Let ``changes`` happen to the case: rows of the stream, its projection, and events on the bus.

    ``row`` is locked, or new and not saved yet. Called inside a transaction.
    """
    if not changes:
        return
    at = now.astimezone(UTC)  # as the database gives it back, so that deriving anew finds no difference
    events = [
        Happened(state.version + number, at, by.key, body.key if body else "", change)
        for number, change in enumerate(changes, 1)
    ]
    for event in events:
        evolve(state, event)
    project(row, state)
    for event in events:
        _EVENTS.add(
            CaseEvent(
                case=row,
                number=event.number,
                name=name_of(event.change),
                at=at,
                by=by.key,
                by_name=by.name[:100],
                body=body,
                data=to_data(event.change),
            )
        )
    bus.publish_many([_draft(row, event) for event in events], by=by)


def public_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's data leaves the case."""
    return {
        key: value
        for key, value in data.items()
        if key not in _PRIVATE and not (key == "note" and isinstance(value, str))
    }


def _draft(row: Case, event: Happened) -> bus.Draft:
    name = name_of(event.change)
    data = public_data(to_data(event.change))
    return bus.Draft(
        f"events.case.{name}",
        row.code,
        {**data, "number": event.number, "kind": row.state["kind"], "stage": row.stage},
        region=row.region.path,
        level=row.level,
    )


def history(row: Case) -> list[Happened]:
    """Everything that happened to the case, in its order."""
    rows = CaseEvent.objects.filter(case=row).select_related("body").order_by("number")
    return [
        Happened(one.number, one.at, one.by, one.body.key if one.body else "", from_data(one.name, one.data))
        for one in rows
    ]


def differences(row: Case) -> list[str]:
    """What of the case's rows does not follow from its stream; empty when everything does."""
    state = fold(history(row))
    wanted = columns_of(state)
    found = [name for name, value in wanted.items() if getattr(row, name) != value]
    desks = {desk.body.key: desk.part for desk in row.desks.select_related("body")}
    if desks != {key: str(part) for key, part in parts_of(state).items()}:
        found.append("desks")
    if (row.kind.key if row.kind else "") != state.kind:
        found.append("kind")
    return sorted(found)


def derive(row: Case) -> None:
    """Write the case's rows anew from its stream, and its row of the table of cases after them."""
    row.recorded_version = 0
    project(row, fold(history(row)))
