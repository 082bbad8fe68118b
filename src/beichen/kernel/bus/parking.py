"""Parked events: tried again when due, dead after the last attempt, replayed or discarded by a person.

Every change here takes the subscriber's row first, as delivery does: an event that is being parked
behind another can never miss that the other has just succeeded.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from beichen.kernel.bus import inbox
from beichen.kernel.bus.delivery import HandlerError, call, describe
from beichen.kernel.bus.event import decode
from beichen.kernel.bus.models import ParkedEvent, State, Subscription
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import Subscriber

logger = logging.getLogger(__name__)


def due(subscribers: list[str], now: datetime, limit: int = 100) -> list[tuple[str, int]]:
    """Subscriber and row of what is to be tried again now."""
    rows = ParkedEvent.objects.filter(
        state=State.WAITING, due_at__lte=now, subscriber__in=subscribers
    ).order_by("due_at", "position")
    return list(rows.values_list("subscriber", "id")[:limit])


def _locked(row_id: int, to: Subscriber) -> ParkedEvent | None:
    Subscription.objects.select_for_update().get(name=to.name)
    return ParkedEvent.objects.filter(id=row_id, state=State.WAITING).first()


def _release_next(row: ParkedEvent, now: datetime) -> None:
    """Let the next event of the subject be tried, when there is one."""
    if not row.subject:
        return
    following = (
        ParkedEvent.objects.filter(subscriber=row.subscriber, subject=row.subject, state=State.WAITING)
        .exclude(id=row.id)
        .order_by("position", "id")
        .first()
    )
    if following is not None and following.due_at is None:
        following.due_at = now
        following.save(update_fields=["due_at"])


def try_again(to: Subscriber, row_id: int, *, now: datetime, retry: Retry) -> bool:
    """Handle a parked event; returns whether it succeeded (or was handled already)."""
    try:
        with transaction.atomic():
            row = _locked(row_id, to)
            if row is None:
                return False
            if inbox.claim(to.name, [row.key]):
                call(to, decode(row.payload))
            row_pk = row.id
            ParkedEvent.objects.filter(id=row_pk).delete()
            _release_next(row, now)
            return True
    except HandlerError as error:
        _count_failure(to, row_id, describe(error), now, retry)
        return False


def _count_failure(to: Subscriber, row_id: int, error: str, now: datetime, retry: Retry) -> None:
    with transaction.atomic():
        row = _locked(row_id, to)
        if row is None:
            return
        row.attempts += 1
        row.error = error
        row.due_at = retry.due(row.attempts, now)
        if row.due_at is None:
            row.state, row.settled_at = State.DEAD, now
            logger.error("%s: %s %s is a dead letter: %s", to.name, row.type, row.subject, error)
        row.save(update_fields=["attempts", "error", "due_at", "state", "settled_at"])
        if row.state == State.DEAD:
            _release_next(row, now)
