"""From a batch of messages to effects: one transaction, exactly once in the database.

The transaction holds the handlers' writes, the inbox entries, what was parked, and the subscriber's
new position. When a handler raises, all of it is undone and the batch is handled event by event, each
in a savepoint, so that only the failing event (and what follows it of the same subject) is parked.

SQLite has one writer: while a batch is handled, no report comes in and nothing is relayed. There a
transaction ends after :data:`HOLD_SECONDS`, others get their turn, and the rest of the batch comes later.
"""

from __future__ import annotations

import base64
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from beichen.kernel.bus import inbox
from beichen.kernel.bus.event import Event, decode, matches
from beichen.kernel.bus.models import ParkedEvent, State, Subscription
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import Subscriber
from beichen.problem import ProblemError

ERROR_LENGTH = 4000
HOLD_SECONDS = 0.02
GIVE_WAY_SECONDS = 0.005
"""Whoever waits for SQLite's lock looks again only now and then: it must be free for a while."""
_FIRST = 4  # events that are claimed together at first, then twice as many each time
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the stream and its place in it."""

    position: int
    content: bytes


class HandlerError(Exception):
    """A handler raised; the cause is what it raised."""


class _Read(NamedTuple):
    """Messages that were decoded, and a dead letter for each that is no CloudEvent."""

    events: list[tuple[int, Event]]
    unreadable: list[ParkedEvent]


def _read(to: Subscriber, messages: Sequence[Message], now: datetime) -> _Read:
    read = _Read([], [])
    for message in messages:
        try:
            read.events.append((message.position, decode(message.content)))
        except ProblemError as error:
            logger.error("%s: message %d cannot be read: %s", to.name, message.position, error)
            read.unreadable.append(_unreadable(to, message, error, now))
    return read


def _unreadable(to: Subscriber, message: Message, error: ProblemError, now: datetime) -> ParkedEvent:
    return ParkedEvent(
        subscriber=to.name,
        key=f"message#{message.position}",
        position=message.position,
        payload=base64.b64encode(message.content).decode(),
        is_readable=False,
        state=State.DEAD,
        error=str(error)[:ERROR_LENGTH],
        parked_at=now,
        settled_at=now,
    )


@dataclass(slots=True)
class _Batch:
    """A batch that is being handled: readable events in order, and the rows that will be parked."""

    to: Subscriber
    now: datetime
    retry: Retry
    events: list[tuple[int, Event]] = field(default_factory=list)
    parked: list[ParkedEvent] = field(default_factory=list)
    held_subjects: set[str] = field(default_factory=set)
    held_keys: set[str] = field(default_factory=set)

    def look_up_held(self) -> None:
        """Which of the batch's subjects are held up, and which of its events are already parked."""
        if not ParkedEvent.objects.filter(subscriber=self.to.name).exists():
            return  # nearly always
        subjects = {event.subject for _, event in self.events if event.subject}
        keys = {event.key for _, event in self.events}
        waiting = Q(state=State.WAITING, subject__in=subjects)
        rows = ParkedEvent.objects.filter(Q(key__in=keys) | waiting, subscriber=self.to.name)
        for key, subject, state in rows.values_list("key", "subject", "state"):
            self.held_keys.add(key)
            if state == State.WAITING and subject:
                self.held_subjects.add(subject)

    def hold_back(self) -> None:
        """Park what must wait behind an earlier event of its subject; drop what is parked already."""
        free = []
        for position, event in self.events:
            if event.key in self.held_keys:
                continue
            if event.subject in self.held_subjects:
                self.parked.append(self.park(position, event))
            else:
                free.append((position, event))
        self.events = free

    def park(self, position: int, event: Event, error: str = "") -> ParkedEvent:
        """A row for ``event``: after a failure when there is an ``error``, else waiting for another."""
        due = self.retry.due(1, self.now) if error else None
        dead = bool(error) and due is None
        return ParkedEvent(
            subscriber=self.to.name,
            key=event.key,
            type=event.type,
            subject=event.subject,
            position=position,
            payload=event.encode().decode(),
            state=State.DEAD if dead else State.WAITING,
            attempts=1 if error else 0,
            due_at=due,
            error=error,
            parked_at=self.now,
            settled_at=self.now if dead else None,
        )

    def handle_together(self, until: float) -> int | None:
        """Events in the one transaction, until a moment of the monotonic clock; some are always handled.

        Gives the position of the last that was handled, None for all. Raises HandlerError for the first that
        fails.
        """
        done, size = 0, _FIRST
        while done < len(self.events):
            if done and time.monotonic() >= until:
                return self.events[done - 1][0]
            chosen = self.events[done : done + size]
            fresh = inbox.claim(self.to.name, [event.key for _, event in chosen])
            for _position, event in chosen:
                if event.key in fresh:
                    fresh.discard(event.key)
                    call(self.to, event)
            done, size = done + len(chosen), size * 2
        return None

    def handle_apart(self, until: float) -> int | None:
        """Each in a savepoint; a failing one is parked and holds up its subject. Gives the same."""
        for place, (position, event) in enumerate(self.events):
            if place and time.monotonic() >= until:
                return self.events[place - 1][0]
            if event.subject in self.held_subjects:
                self.parked.append(self.park(position, event))
                continue
            try:
                with transaction.atomic():
                    if inbox.claim(self.to.name, [event.key]):
                        call(self.to, event)
            except HandlerError as error:
                row = self.park(position, event, describe(error))
                self.parked.append(row)
                if event.subject and row.state == State.WAITING:
                    self.held_subjects.add(event.subject)
        return None


def call(to: Subscriber, event: Event) -> None:
    """Call the handler. Raises HandlerError; a lost database connection is raised as it is."""
    try:
        to.handle(event)
    except Exception as error:
        if not connection.is_usable():
            raise
        logger.exception("%s failed on %s %s", to.name, event.type, event.subject)
        raise HandlerError(to.name) from error


def describe(error: HandlerError) -> str:
    """The cause in words, for the person who looks at the dead letter."""
    cause = error.__cause__
    return f"{type(cause).__name__}: {cause}"[:ERROR_LENGTH]


def _wanted(to: Subscriber, events: list[tuple[int, Event]]) -> list[tuple[int, Event]]:
    """Those that the subscriber wants now, when that is data."""
    if to.among is None or not events:
        return events
    patterns = to.among()
    known = {event.type for _, event in events}
    chosen = {kind for kind in known if any(matches(pattern, kind) for pattern in patterns)}
    return [(position, event) for position, event in events if event.type in chosen]


def _start(to: Subscriber, read: _Read, now: datetime, retry: Retry) -> _Batch:
    stands = Subscription.objects.select_for_update().get(name=to.name).position
    batch = _Batch(to, now, retry)
    batch.events = _wanted(to, [one for one in read.events if one[0] > stands])
    batch.parked = [row for row in read.unreadable if row.position > stands]
    batch.look_up_held()
    batch.hold_back()
    return batch


def _finish(batch: _Batch, position: int) -> None:
    parked = [row for row in batch.parked if row.position <= position]
    if parked:
        ParkedEvent.objects.bulk_create(parked, ignore_conflicts=True)
    rows = Subscription.objects.filter(name=batch.to.name, position__lt=position)
    rows.update(position=position, moved_at=batch.now)


def _until(seconds: float | None) -> float:
    return float("inf") if seconds is None else time.monotonic() + seconds


def deliver(
    to: Subscriber,
    messages: Sequence[Message],
    *,
    now: datetime,
    retry: Retry,
    seconds: float | None = None,
) -> int:
    """Handle ``messages``, which are in the stream's order, and move the subscriber past them.

    Gives how many were dealt with: all, or with ``seconds`` as many as there was time for, one at least.
    Messages at or before the subscriber's position were handled and are passed over.
    """
    last = messages[-1].position
    read = _read(to, messages, now)  # before the transaction: on SQLite it keeps every writer waiting
    try:
        with transaction.atomic():
            batch = _start(to, read, now, retry)
            stopped = batch.handle_together(_until(seconds))
            _finish(batch, last if stopped is None else stopped)
    except HandlerError:
        with transaction.atomic():
            batch = _start(to, read, now, retry)
            stopped = batch.handle_apart(_until(seconds))
            _finish(batch, last if stopped is None else stopped)
    if stopped is None:
        return len(messages)
    time.sleep(GIVE_WAY_SECONDS)
    return sum(message.position <= stopped for message in messages)
