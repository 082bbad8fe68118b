"""The outbox: the rows that leave the house in order, written with what caused them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.models import OutboxEvent


def append(events: Sequence[Event]) -> None:
    """Write ``events`` in order, in the caller's transaction, with one statement.

    Raises ProblemError BUS-102 or BUS-103 before anything is written.
    """
    now = timezone.now()
    rows = [OutboxEvent(key=e.key, type=e.type, payload=e.encode().decode(), created_at=now) for e in events]
    OutboxEvent.objects.bulk_create(rows, batch_size=1000)
