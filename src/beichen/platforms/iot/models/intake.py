"""How far readings came in: the place in the stream, batches on their way, and what became of readings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.org.models import random_code
from beichen.platforms.iot.models.devices import CODE_LENGTH
from beichen.platforms.iot.words import Treatment


class Intake(models.Model):
    """Where the gateway stands in the broker's stream, and what holds it up.

    ``stream`` is when the stream was made: a broker that lost its store makes a new one and is read from its
    start. ``trouble`` is empty while readings come in. ``heard_at`` is when the broker kept the last
    message that is in (microseconds): readings of the table that came later are of a batch on its way.
    """

    stream = models.CharField(max_length=40, unique=True)
    position = models.BigIntegerField(default=0)
    heard_at = models.BigIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.stream} {self.position}"


class Batch(models.Model):
    """Messages ``first`` to ``last`` of the stream on their way into the tables; gone when they are in.

    Written before the tables are: whoever finds it after a crash takes exactly these messages again, under
    the same load, which the tables take once.
    """

    stream = models.CharField(max_length=40)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    mark = models.CharField(max_length=16, default=random_code)  # a store that lost its end counts anew

    class Meta:
        ordering: ClassVar = ["first"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["stream", "first"], name="iot_batch_once")]

    def __str__(self) -> str:
        return self.load

    @property
    def load(self) -> str:
        """The identity under which the tables take the batch."""
        return f"iot:{self.stream}:{self.first}-{self.last}:{self.mark}"


class Tally(models.Model):
    """How many readings were treated how on a day (UTC).

    ``device`` is a code, known or not; empty for those that nothing is to be said of: they are counted
    together.
    """

    device = models.CharField(max_length=CODE_LENGTH, blank=True)
    day = models.DateField()
    treatment = models.CharField(max_length=16, choices=Treatment)
    number = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-day", "device", "treatment"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["device", "day", "treatment"], name="iot_tally_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["day", "treatment"], name="iot_tally_day")]

    def __str__(self) -> str:
        return f"{self.device} {self.treatment} {self.number}"
