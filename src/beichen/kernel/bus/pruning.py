"""What the bus forgets: events that left long ago, in small steps so that nobody waits for a lock.

The inbox remembers twice as long as the outbox keeps, so that what is sent again is still known.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models, transaction

from beichen.kernel.bus.models import InboxEntry, OutboxEvent, ParkedEvent, State

KEEP_OUTBOX = timedelta(days=7)
KEEP_INBOX = timedelta(days=14)
KEEP_DISCARDED = timedelta(days=90)
STEP = 5000


def _prune_in_order(model: type[models.Model], moment: str, before: datetime, **fit: bool) -> int:
    """Remove rows older than ``before``, walking up the primary key, which grows with time."""
    removed, last = 0, 0
    while True:
        rows = model._default_manager.filter(pk__gt=last).order_by("pk")
        step = list(rows.values_list("pk", moment)[:STEP])
        if not step:
            return removed
        old = [key for key, at in step if at < before]
        if old:
            with transaction.atomic():
                removed += model._default_manager.filter(pk__in=old, **fit).delete()[0]
        if len(old) < len(step):
            return removed
        last = step[-1][0]


def prune(now: datetime) -> dict[str, int]:
    """Forget what is old at ``now``; returns how many rows of each kind.

    Events that are not relayed, waiting events and dead letters are never forgotten.
    """
    discarded = ParkedEvent.objects.filter(state=State.DISCARDED, settled_at__lt=now - KEEP_DISCARDED)
    return {
        "outbox": _prune_in_order(OutboxEvent, "created_at", now - KEEP_OUTBOX, relayed_at__isnull=False),
        "inbox": _prune_in_order(InboxEntry, "handled_at", now - KEEP_INBOX),
        "discarded": discarded.delete()[0],
    }
