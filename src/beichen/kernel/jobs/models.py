"""What is kept: when each schedule runs next, and which workers are alive.

The tasks themselves are kept by django-tasks.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Schedule(models.Model):
    """A schedule's next run. It moves on in the transaction that enqueues the run."""

    name = models.CharField(max_length=100, unique=True)
    cron = models.CharField(max_length=100)
    next_at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.cron})"


class WorkerLease(models.Model):
    """A worker's sign of life; tasks of a worker whose lease is over are given to others."""

    worker = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["worker"]

    def __str__(self) -> str:
        return self.worker
