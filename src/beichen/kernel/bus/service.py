"""What can be done with events: publish and forward them, see how the bus is, settle dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import inbox, outbox
from beichen.kernel.bus.event import Event, check, decode, identifier, matches
from beichen.kernel.bus.event_types import event_type_names, name_event_types, name_event_types_by
from beichen.kernel.bus.models import OutboxEvent, ParkedEvent, State, Subscription
from beichen.kernel.bus.pruning import prune
from beichen.kernel.bus.subscribers import registered_subscribers
from beichen.kernel.levels import ScopeFields
from beichen.kernel.parcel import Parcel
from beichen.problem import Problem, ProblemError, Where, code

__all__ = [
    "Draft",
    "Event",
    "dead_letters",
    "discard",
    "event_type_names",
    "find_letter",
    "forward",
    "heard_at_once",
    "name_event_types",
    "name_event_types_by",
    "prune",
    "publish",
    "publish_many",
    "replay",
    "status",
]

PUBLISH = access.permission("bus.event.publish", "发布事件", "Publish events")
SEE = access.permission("bus.deadletter.read", "查看死信", "See dead letters")
REPLAY = access.permission("bus.deadletter.replay", "重放死信", "Replay or discard dead letters")
READ = access.permission("events.read", "查看事件", "See events")

OUTSIDE = code("BUS-106", "An event was published outside a transaction.", status=500)
NO_LETTER = code("BUS-109", "There is no dead letter of this number.", status=404)
NOT_REPLAYABLE = code("BUS-110", "A message that is no event cannot be replayed.", status=409)
DOOR = "http"  # the door's name in the inbox


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is to be published: what its room knows of it.

    ``source`` is empty for the room itself, which is the first word of the type. ``id`` is empty for a new
    one: who may publish the same event twice gives it the same id, and whoever listens takes it once.
    """

    type: str
    subject: str
    data: Any
    source: str = ""
    region: str = ""
    level: int = 1
    id: str = ""


def _event(draft: Draft, by: Actor) -> Event:
    source = draft.source or f"/{draft.type.partition('.')[0]}"
    return Event(
        id=draft.id or identifier(),
        source=source,
        type=draft.type,
        subject=draft.subject,
        time=timezone.now(),
        data=draft.data,
        region=draft.region,
        level=int(draft.level),
        actor=by.key,
    )


def publish_many(drafts: Iterable[Draft], *, by: Actor, parcel: Parcel | None = None) -> list[Event]:
    """Publish events in their order, all with the caller's transaction or not at all.

    With a ``parcel`` they are written when it is sent.

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
    outbox.append(events, parcel)
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


@transaction.atomic
def forward(events: Sequence[Event], *, by: Actor) -> int:
    """Publish events of others, each once however often it comes; returns how many were new.

    Whoever sent them is their actor, whatever they say. Raises ProblemError ACC-403 for an event
    whose level or region is out of the actor's reach; then none is published.
    """
    for event in events:
        access.require(by, PUBLISH, _Place(event.region, event.level))
    fresh = inbox.claim(DOOR, [event.key for event in events])
    first = {event.key: event for event in reversed(events) if event.key in fresh}
    ordered = [event for event in events if first.get(event.key) is event]
    if ordered:
        outbox.append([replace(event, actor=by.key) for event in ordered])
        detail = {"events": len(ordered), "first": ordered[0].key}
        audit.record(by, PUBLISH, "kernel_bus.outboxevent", detail=detail)
    return len(ordered)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an event belongs, as a decision on access sees it."""

    region: str
    level: int
    ACCESS: ClassVar = ScopeFields(region="region", level="level")


@contextmanager
def heard_at_once() -> Iterator[None]:
    """What is published inside is heard by its subscribers at the end, in the caller's transaction.

    For stories, which have no broker. What subscribers publish in turn waits for one.
    """
    newest = OutboxEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    yield
    rows = OutboxEvent.objects.filter(id__gt=newest).order_by("id").values_list("payload", flat=True)
    for event in [decode(payload) for payload in rows]:
        for one in registered_subscribers().values():
            among = one.among() if one.among is not None else ()
            is_wanted = one.among is None or any(matches(pattern, event.type) for pattern in among)
            if is_wanted and one.wants(event.type):
                one.handle(event)


def status() -> dict[str, Any]:
    """How many events wait to leave, how far each subscriber is, and what is parked."""
    waiting = OutboxEvent.objects.filter(relayed_at=None)
    oldest = waiting.order_by("id").values_list("created_at", flat=True).first()
    rows = ParkedEvent.objects.order_by().values_list("subscriber", "state").annotate(Count("id"))
    parked: dict[str, dict[str, int]] = {}
    for name, state, number in rows:
        parked.setdefault(name, {})[state] = number
    subscribers = [
        {
            "name": row.name,
            "position": row.position,
            "moved_at": row.moved_at.isoformat() if row.moved_at else None,
            **{state.value: parked.get(row.name, {}).get(state.value, 0) for state in State},
        }
        for row in Subscription.objects.order_by("name")
    ]
    return {
        "outbox": {"waiting": waiting.count(), "oldest": oldest.isoformat() if oldest else None},
        "subscribers": subscribers,
    }


def dead_letters(*, by: Actor, subscriber: str = "", limit: int = 200) -> list[ParkedEvent]:
    """The dead letters, the newest first. Raises ProblemError ACC-403."""
    access.require(by, SEE)
    rows = ParkedEvent.objects.filter(state=State.DEAD)
    if subscriber:
        rows = rows.filter(subscriber=subscriber)
    return list(rows.order_by("-id")[:limit])


def find_letter(number: int, *, by: Actor) -> ParkedEvent:
    """One dead letter. Raises ProblemError BUS-109, ACC-403."""
    access.require(by, SEE)
    row = ParkedEvent.objects.filter(id=number, state=State.DEAD).first()
    if row is None:
        hint = "beichen bus dead lists them"
        raise ProblemError(Problem(NO_LETTER, f"no dead letter has the number {number}", Where(), hint))
    return row


def _settle(rows: list[ParkedEvent], action: str, by: Actor, reason: str) -> None:
    detail = {"letters": [row.id for row in rows], "subscribers": sorted({row.subscriber for row in rows})}
    audit.record(by, action, "kernel_bus.parkedevent", detail=detail, reason=reason)


@transaction.atomic
def replay(numbers: Sequence[int] | None, *, by: Actor) -> int:
    """Have dead letters tried again from the first attempt; None for all that can be read.

    Raises ProblemError ACC-403; BUS-109 or BUS-110 for each number that cannot be replayed.
    """
    decision = access.require(by, REPLAY)
    rows = ParkedEvent.objects.select_for_update().filter(state=State.DEAD)
    rows = rows.filter(is_readable=True) if numbers is None else rows.filter(id__in=numbers)
    chosen = list(rows)
    unreadable = [row.id for row in chosen if not row.is_readable]
    missing = sorted(set(numbers or ()) - {row.id for row in chosen})
    problems = [Problem(NO_LETTER, f"no dead letter has the number {number}") for number in missing]
    problems += [Problem(NOT_REPLAYABLE, f"dead letter {number} is no event") for number in unreadable]
    if problems:
        raise ProblemError(*problems)
    now = timezone.now()
    values = {"state": State.WAITING, "attempts": 0, "due_at": now, "settled_at": None}
    ParkedEvent.objects.filter(id__in=[row.id for row in chosen]).update(**values)
    if chosen:
        _settle(chosen, "bus.deadletter.replay", by, decision.reason)
    return len(chosen)


@transaction.atomic
def discard(numbers: Sequence[int], why: str, *, by: Actor) -> int:
    """Give dead letters up, saying why; they stay readable until pruned.

    Raises ProblemError ACC-403, BUS-109.
    """
    access.require(by, REPLAY)
    chosen = list(ParkedEvent.objects.select_for_update().filter(state=State.DEAD, id__in=numbers))
    missing = sorted(set(numbers) - {row.id for row in chosen})
    if missing:
        problems = [Problem(NO_LETTER, f"no dead letter has the number {number}") for number in missing]
        raise ProblemError(*problems)
    rows = ParkedEvent.objects.filter(id__in=numbers)
    rows.update(state=State.DISCARDED, settled_at=timezone.now())
    _settle(chosen, "bus.deadletter.discard", by, why)
    return len(chosen)
