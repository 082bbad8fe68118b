"""What is kept: adjustments with their changes and decisions, and the versions of a plan.

A version that was superseded holds a snapshot of all facts as they were in force on its last day, sealed by
its hash and never written again; the version in force has none, because its facts are the plan's own.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import ScopeFields
from beichen.plan.models import Plan


class AdjustmentState(models.TextChoices):
    """The way of an adjustment (调整方案)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted to the government")
    APPROVED = "approved", _("Approved by the government")
    RATIFIED = "ratified", _("Approved by the standing committee")
    IN_FORCE = "in-force", _("Enacted")
    REJECTED = "rejected", _("Rejected")


class Adjustment(models.Model):
    """A proposal to change facts in force, with its reason."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="adjustments")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=AdjustmentState, default=AdjustmentState.DRAFT)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    class Meta:
        ordering: ClassVar = ["plan", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="adjustment_number_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """One change: a field of a fact, or with an empty field a project added (``new``) or a fact removed."""

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    field = models.CharField(max_length=30, blank=True)
    label = models.CharField(max_length=500)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.CharField(max_length=300)
    justification = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment", "kind", "key", "field"], name="change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.field}"


class Decision(models.Model):
    """A step of an adjustment: its day, its document, who, and for a refusal why."""

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="decisions")
    state = models.CharField(max_length=10, choices=AdjustmentState)
    day = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.state} {self.day}"


class Version(models.Model):
    """A plan as it was in force from a day on. ``facts`` is None while it is the version in force."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="version")
    since = models.DateField(null=True)
    document = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    class Meta:
        ordering: ClassVar = ["plan", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} version {self.number}"
