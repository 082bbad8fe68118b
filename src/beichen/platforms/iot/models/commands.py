"""Commands (命令) to devices, from the order to its acknowledgement."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beichen.kernel.org.models import random_code
from beichen.platforms.iot.models.devices import Device
from beichen.platforms.iot.models.updates import Update
from beichen.platforms.iot.words import CommandState

OPEN = (CommandState.WAITING, CommandState.SENT)


class Command(models.Model):
    """What a device is to do: sent while it may still answer, done or failed by its own word, or timed
    out. One that was sent and has an answer is under way: the device told how far it is."""

    code = models.CharField(max_length=16, unique=True, default=random_code)
    device = models.ForeignKey(Device, models.PROTECT, related_name="commands", db_index=False)
    name = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=CommandState, default=CommandState.WAITING)
    sender = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)
    update = models.ForeignKey(Update, models.PROTECT, null=True, related_name="commands")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["device", "-id"], name="command_device"),
            models.Index(fields=["due_at"], condition=Q(state__in=OPEN), name="command_due"),
        ]

    def __str__(self) -> str:
        return self.code
