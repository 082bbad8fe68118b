"""What is kept: analyses that people asked for, with their result, for some weeks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.org.models import random_code


class RunState(models.TextChoices):
    """How far an analysis is."""

    WAITING = "waiting", "等待"
    RUNNING = "running", "分析中"
    DONE = "done", "完成"
    REFUSED = "refused", "退回"


class Run(models.Model):
    """One analysis: what was asked and by whom, how far it is, its result in a row of its own.

    ``facts`` holds the result's columns, notes and sources; ``problems`` why it was refused.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120, blank=True)
    parameters = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    progress = models.FloatField(default=0)
    seconds = models.FloatField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "-id"], name="run_of_reader"),
            models.Index(fields=["state", "asked_at"], name="run_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"


class RunResult(models.Model):
    """The result's GeoJSON, gzipped; its own row, so that a list of runs never reads it."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="result")
    gzipped = models.BinaryField()

    class Meta:
        verbose_name_plural = "run results"

    def __str__(self) -> str:
        return f"result of {self.run_id}"
