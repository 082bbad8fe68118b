"""Models as scenes declare them, their runs, what each foretells now and finds, how good it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beichen.kernel.levels import Level, ScopeFields
from beichen.platforms.ai.words import Outcome
from beichen.registry.models import Object


class Model(models.Model):
    """A model. ``key`` is ``scene.model``. ``source`` is the scene's `model.py` as it was installed,
    which is what runs; ``version`` names it with its declaration. It runs next at ``next_at``.
    """

    key = models.CharField(max_length=130, unique=True)
    scene = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    declared = models.JSONField(default=dict)
    needs = models.JSONField(default=list)  # modules beyond the standard library
    source = models.TextField()
    version = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    is_current = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(level="level")

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(is_current=True), name="ai_model_due"),
            models.Index(fields=["scene", "key"], name="ai_model_scene"),
        ]

    def __str__(self) -> str:
        return self.key


class Run(models.Model):
    """One run for the time ``asked_for``. ``inputs`` is the SHA-256 of what the model was given;
    ``figures`` are its own of the run; ``reason`` says in both languages why nothing came of it. A demo's run
    saw readings that were made up, one at least.
    """

    id = models.BigAutoField(primary_key=True)
    model = models.ForeignKey(Model, models.CASCADE, related_name="runs", db_index=False)
    version = models.CharField(max_length=16)
    asked_for = models.DateTimeField()
    began_at = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    reason = models.CharField(max_length=500, blank=True)
    reason_en = models.CharField(max_length=500, blank=True)
    inputs = models.CharField(max_length=64)
    things = models.PositiveIntegerField(default=0)
    forecasts = models.PositiveIntegerField(default=0)
    findings = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    by = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-asked_for", "-id"]
        indexes: ClassVar = [models.Index(fields=["model", "-asked_for", "-id"], name="ai_run_newest")]

    def __str__(self) -> str:
        return f"{self.model_id} {self.asked_for} {self.outcome}"


class Prediction(models.Model):
    """A value of the newest forecast of a thing's measure; all that were ever made are in `forecasts`."""

    id = models.BigAutoField(primary_key=True)
    model = models.ForeignKey(Model, models.CASCADE, related_name="predictions", db_index=False)
    thing = models.ForeignKey(Object, models.CASCADE, related_name="predictions", db_index=False)
    measure = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    at = models.DateTimeField()
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="thing__region__path", body="thing__body__path", level="level")

    class Meta:
        ordering: ClassVar = ["thing", "measure", "at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "thing", "measure", "at"], name="ai_prediction_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["thing", "measure", "at"], name="ai_prediction_thing")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.measure} {self.at}"


class Finding(models.Model):
    """What a model found of a thing: from ``since`` until ``cleared_at``. ``missed`` counts the runs in a row
    that did not name it; ``event`` is the id of the event that told it."""

    id = models.BigAutoField(primary_key=True)
    model = models.ForeignKey(Model, models.CASCADE, related_name="findings", db_index=False)
    thing = models.ForeignKey(Object, models.PROTECT, related_name="model_findings", db_index=False)
    type = models.CharField(max_length=120)
    version = models.CharField(max_length=16)
    text = models.CharField(max_length=1000)
    text_en = models.CharField(max_length=1000)
    values = models.JSONField(default=dict)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    since = models.DateTimeField()
    at = models.DateTimeField()
    missed = models.PositiveSmallIntegerField(default=0)
    cleared_at = models.DateTimeField(null=True)
    event = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="thing__region__path", body="thing__body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model", "thing", "type"], condition=Q(cleared_at=None), name="ai_finding_stands_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["model", "-since", "-id"], name="ai_finding_newest"),
            models.Index(fields=["thing"], name="ai_finding_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.thing_id}"


class Score(models.Model):
    """How far forecasts of a measure were from what was then measured, by how many minutes ahead they were.

    ``error`` and ``persistence`` are mean absolute errors, the latter of saying that nothing changes;
    ``number`` pairs of the last thirty days stand behind them. ``covered`` is the share within the bounds.
    """

    id = models.BigAutoField(primary_key=True)
    model = models.ForeignKey(Model, models.CASCADE, related_name="scores", db_index=False)
    measure = models.CharField(max_length=60)
    ahead = models.PositiveIntegerField()  # minutes
    number = models.PositiveIntegerField()
    error = models.FloatField()
    persistence = models.FloatField(null=True)
    covered = models.FloatField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["measure", "ahead"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "measure", "ahead"], name="ai_score_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} {self.measure} +{self.ahead}"

    @property
    def skill(self) -> float | None:
        """How much better than saying that nothing changes: 1 is perfect, 0 no better, below 0 worse."""
        return None if not self.persistence else 1 - self.error / self.persistence
