"""The outbox: the rows that leave the house in order, written with what caused them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils import timezone

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.models import OutboxEvent


class Waiting(NamedTuple):
    """A row that the broker has not yet acknowledged."""

    id: int
    key: str
    type: str
    payload: str


def append(events: Sequence[Event]) -> None:
    """Write ``events`` in order, in the caller's transaction, with one statement.

    Raises ProblemError BUS-102 or BUS-103 before anything is written.
    """
    now = timezone.now()
    rows = [OutboxEvent(key=e.key, type=e.type, payload=e.encode().decode(), created_at=now) for e in events]
    OutboxEvent.objects.bulk_create(rows, batch_size=1000)


def waiting(limit: int) -> list[Waiting]:
    """The first rows that are not relayed, in order; rows of transactions that commit late come late."""
    rows = OutboxEvent.objects.filter(relayed_at=None).order_by("id")
    return [Waiting(*row) for row in rows.values_list("id", "key", "type", "payload")[:limit]]


def mark_relayed(ids: Sequence[int]) -> None:
    """The broker has acknowledged these rows."""
    OutboxEvent.objects.filter(id__in=ids).update(relayed_at=timezone.now())
