"""Marking: what became of deliveries, with its record, its events, and the next channel after a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.comms.channels import Outcome
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.routing import following
from beichen.platforms.comms.subscribing import forget_gone
from beichen.platforms.comms.words import Reason, State
from beichen.problem import shorten

ATTEMPTS = 8
_WAITS = (30, 60, 120, 300, 900, 1800, 3600)
"""Seconds between the eight attempts: 1 h 53 min in all."""
ERROR_LENGTH = 300
FIELDS = (
    "state",
    "reason",
    "error",
    "next_at",
    "reference",
    "sent_at",
    "delivered_at",
    "read_at",
    "failed_at",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt led to: an outcome, or an error with the reason why it is final."""

    row: Delivery
    outcome: Outcome | None = None
    error: str = ""
    reason: Reason | None = None


def delay_after(attempts: int) -> timedelta:
    """How long a delivery waits after its ``attempts``-th failure."""
    return timedelta(seconds=_WAITS[min(attempts, len(_WAITS)) - 1])


def _apply(row: Delivery, result: Result, now: datetime) -> None:
    """The result, on the row as the database has it now; a receipt may have been faster than we."""
    row.error = shorten(result.error, ERROR_LENGTH)
    if result.outcome is not None:
        row.reference = result.outcome.reference
        row.sent_at = row.sent_at or now
        if row.state == State.SENDING:
            row.state, row.next_at = State.SENT, None
    elif row.state == State.SENDING:
        if result.reason is None and row.attempts < ATTEMPTS:
            row.state, row.next_at = State.QUEUED, now + delay_after(row.attempts)
        else:
            fail(row, result.reason or Reason.GAVE_UP, now)


def fail(row: Delivery, reason: Reason, now: datetime) -> None:
    """The delivery's end, not yet saved."""
    row.state, row.reason, row.next_at, row.failed_at = State.FAILED, reason, None, now


@transaction.atomic
def mark(results: Sequence[Result], *, by: Actor, now: datetime) -> dict[str, int]:
    """Keep what became of deliveries; how many are in which state now."""
    by_id = {result.row.pk: result for result in results}
    rows = list(
        Delivery.objects.select_for_update(of=("self",))
        .filter(pk__in=by_id)
        .select_related("message__region")
        .order_by("pk")
    )
    before = {row.pk: row.state for row in rows}
    for row in rows:
        _apply(row, by_id[row.pk], now)
    gone = {row.receiver.partition(":")[2] for row in rows if row.reason == Reason.UNSUBSCRIBED}
    if gone:
        forget_gone(gone, by=by)
    keep(rows, before, by=by, now=now)
    return dict(Counter(row.state for row in rows))


def keep(rows: Sequence[Delivery], before: dict[int, str], *, by: Actor, now: datetime) -> None:
    """Save rows that were changed, in the caller's transaction; ``before`` are their states before."""
    Delivery.objects.bulk_update(rows, FIELDS)
    changed = [row for row in rows if row.state != before[row.pk]]
    failed = [row for row in changed if row.state == State.FAILED]
    afterwards = [row for row in (following(one, now) for one in failed) if row is not None]
    Delivery.objects.bulk_create(afterwards, ignore_conflicts=True)
    counts = dict(Counter(f"{row.channel} {row.state}" for row in rows))
    audit.record(by, "comms.delivery.mark", "platforms_comms.delivery", detail=counts)
    arrived = [row for row in changed if row.state == State.DELIVERED]
    bus.publish_many(
        [
            *(_draft("comms.delivery.delivered", row) for row in arrived),
            *(_draft("comms.delivery.failed", row) for row in failed),
        ],
        by=by,
    )


def _draft(kind: str, row: Delivery) -> bus.Draft:
    message = row.message
    facts: dict[str, Any] = {
        "message": message.code,
        "delivery": row.number,
        "about": message.about,
        "channel": row.channel,
        "receiver": row.receiver,
        "reason": row.reason,
        "is_last": not row.fallback,
    }
    region = message.region.path if message.region else ""
    return bus.Draft(kind, message.code, facts, region=region, level=max(2, message.level))
