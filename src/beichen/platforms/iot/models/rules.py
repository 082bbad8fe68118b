"""Rules as scenes declare them, where each stands with each thing, and what they raised."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beichen.kernel.levels import Level, ScopeFields
from beichen.registry.models import Object


class Rule(models.Model):
    """A rule. ``key`` is ``scene.rule``; ``version`` grows when its declaration changes, ``revision`` also
    when it is switched, so that the gateway knows when to look. ``trouble`` is why the house switched it off.
    """

    key = models.CharField(max_length=130, unique=True)
    scene = models.CharField(max_length=60)
    name = models.CharField(max_length=2000, blank=True)
    name_en = models.CharField(max_length=2000, blank=True)
    type = models.CharField(max_length=60)  # of things, by its key
    measure = models.CharField(max_length=60)
    raises = models.CharField(max_length=120)
    declared = models.JSONField(default=dict)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    is_on = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, blank=True)
    trouble = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(level="level")

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [models.Index(fields=["scene", "key"], name="iot_rule_scene")]

    def __str__(self) -> str:
        return self.key


class RuleState(models.Model):
    """Where a rule stands with a thing: since when its condition holds (None: it does not), since when it
    is raised, the values with which that came about, and the time of the reading that was looked at."""

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="states", db_index=False)
    thing = models.ForeignKey(Object, models.CASCADE, related_name="rule_states")
    since = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    values = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "thing"], name="iot_rule_state_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["rule", "id"], condition=Q(since__isnull=False), name="iot_rule_state_held"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.thing_id}"


class Firing(models.Model):
    """What a rule raised of a thing, with the version and the values that explain it; ``event`` is its id.

    ``is_demo``: the readings were made up. What is over is forgotten after BEICHEN_FIRING_DAYS.
    """

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="firings", db_index=False)
    thing = models.ForeignKey(Object, models.PROTECT, related_name="firings")
    version = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    since = models.DateTimeField()
    fired_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    values = models.JSONField(default=dict)
    event = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="thing__region__path", body="thing__body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-fired_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["rule", "-fired_at"], name="iot_firing_rule"),
            models.Index(
                fields=["rule", "thing"], condition=Q(cleared_at__isnull=True), name="iot_firing_open"
            ),
            models.Index(fields=["cleared_at"], name="iot_firing_over"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.thing_id} {self.fired_at}"
