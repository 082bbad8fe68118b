"""What is kept: events on their way out, what each subscriber has handled, and what waits or is dead."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.bus.event import ID_LENGTH, SOURCE_LENGTH, SUBJECT_LENGTH, TYPE_LENGTH

KEY_LENGTH = SOURCE_LENGTH + 1 + ID_LENGTH
NAME_LENGTH = 100


class OutboxEvent(models.Model):
    """An event written in the transaction that caused it; ``relayed_at`` once the broker has it.

    Rows leave the house in the order of ``id``. ``payload`` is the CloudEvent in JSON.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=KEY_LENGTH)
    type = models.CharField(max_length=TYPE_LENGTH)
    payload = models.TextField()
    created_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(relayed_at=None), name="outbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.type}"


class InboxEntry(models.Model):
    """A subscriber has handled an event: written in the same transaction as the handler's effects.

    The subscriber ``http`` stands for the door at ``/events``: the same event sent twice is one.
    """

    id = models.BigAutoField(primary_key=True)
    subscriber = models.CharField(max_length=NAME_LENGTH)
    key = models.CharField(max_length=KEY_LENGTH)
    handled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscriber", "key"], name="inbox_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} {self.key}"


class Subscription(models.Model):
    """How far a subscriber has come in the stream: it moves in the transaction that handled the batch.

    ``stream`` tells one stream from another that took its name after it was lost.
    """

    name = models.CharField(max_length=NAME_LENGTH, primary_key=True)
    stream = models.CharField(max_length=40, blank=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class State(models.TextChoices):
    """What is to become of an event that could not be handled."""

    WAITING = "waiting", "等待重试"
    DEAD = "dead", "死信"
    DISCARDED = "discarded", "已放弃"


class ParkedEvent(models.Model):
    """An event that a subscriber could not handle, or that waits behind one of the same subject.

    ``attempts`` is 0 and ``due_at`` empty for one that waits for an earlier event of its subject. A
    message that is no CloudEvent is kept as it came, in base64, with ``is_readable`` false.
    ``position`` is its place in the stream and keeps the order.
    """

    id = models.BigAutoField(primary_key=True)
    subscriber = models.CharField(max_length=NAME_LENGTH)
    key = models.CharField(max_length=KEY_LENGTH)
    type = models.CharField(max_length=TYPE_LENGTH, blank=True)
    subject = models.CharField(max_length=SUBJECT_LENGTH, blank=True)
    position = models.BigIntegerField()
    payload = models.TextField()
    is_readable = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    parked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscriber", "key"], name="parked_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"], name="parked_due"),
            models.Index(fields=["subscriber", "state", "subject", "position"], name="parked_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} {self.type} {self.subject} ({self.state})"
