"""What can be done with events: publish them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.bus import outbox
from beichen.kernel.bus.event import Event, check, identifier
from beichen.problem import Problem, ProblemError, code

__all__ = ["Draft", "Event", "publish", "publish_many"]

OUTSIDE = code("BUS-106", "An event was published outside a transaction.", status=500)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is to be published: what its room knows of it.

    ``source`` is empty for the room itself, which is the first word of the type.
    """

    type: str
    subject: str
    data: Any
    source: str = ""
    region: str = ""
    level: int = 1


def _event(draft: Draft, by: Actor) -> Event:
    source = draft.source or f"/{draft.type.partition('.')[0]}"
    return Event(
        id=identifier(),
        source=source,
        type=draft.type,
        subject=draft.subject,
        time=timezone.now(),
        data=draft.data,
        region=draft.region,
        level=int(draft.level),
        actor=by.key,
    )


def publish_many(drafts: Iterable[Draft], *, by: Actor) -> list[Event]:
    """Publish events in their order, all with the caller's transaction or not at all.

    Raises ProblemError BUS-106 outside ``transaction.atomic``: an event that could be sent although
    its cause is rolled back would be a lie. Raises BUS-101, BUS-102 or BUS-103 for a draft that is
    no valid event; then nothing is written.
    """
    if not connection.in_atomic_block:
        hint = "write the change and its event inside one transaction.atomic()"
        raise ProblemError(Problem(OUTSIDE, "publish was called outside a transaction", hint=hint))
    events = [_event(draft, by) for draft in drafts]
    problems = [problem for event in events for problem in check(event)]
    if problems:
        raise ProblemError(*problems)
    outbox.append(events)
    return events


def publish(
    event_type: str,
    subject: str,
    data: Any,
    *,
    by: Actor,
    source: str = "",
    region: str = "",
    level: int = 1,
) -> Event:
    """Publish one event with the caller's transaction; see :func:`publish_many`."""
    return publish_many([Draft(event_type, subject, data, source, region, level)], by=by)[0]
