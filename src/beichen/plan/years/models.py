"""What is kept: year plans (年度计划) in versions with their targets, and the natures people chose.

A year plan is a draft until it is adopted, and never changes afterwards: a change is a new version.
Its targets keep the names and units that they were adopted with, whatever is corrected in the plan
later. Drafts are internal (L2), adopted versions open (L1).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Region
from beichen.plan.models import Plan


class State(models.TextChoices):
    """How far a version is."""

    DRAFT = "draft", _("Draft")
    ADOPTED = "adopted", _("Adopted")


class Method(models.TextChoices):
    """Where a year's target comes from."""

    COMPUTED = "computed", _("Divided by nature")
    STATED = "stated", _("Set by the city")
    EDITED = "edited", _("Changed by hand")
    EQUAL = "equal", _("Equal share")
    WEIGHTS = "weights", _("By weights")
    ENTERED = "entered", _("Entered")


class YearPlan(models.Model):
    """A version of a plan's year. At most one draft a year; versions count from one."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="year_plans")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    level = models.PositiveSmallIntegerField(default=int(Level.L2))
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, related_name="followers")
    note = models.CharField(max_length=300, blank=True)
    drafted_by = models.CharField(max_length=120)
    drafted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=120, blank=True)
    adopted_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path", level="level")

    class Meta:
        ordering: ClassVar = ["plan", "year", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "year", "version"], name="year_version_once"),
            models.UniqueConstraint(
                fields=["plan", "year"], condition=models.Q(state="draft"), name="one_draft_a_year"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "year", "-version"], name="year_versions")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.year} v{self.version}"


class YearTarget(models.Model):
    """What a line of the indicator table must reach in the year, in the city or in a district.

    ``generated`` is what the nature gave; ``value`` is in force, None where no target can be said. A
    line is known by its indicator's stable ``key`` and its ``part``; no region is the plan's own.
    """

    year_plan = models.ForeignKey(YearPlan, models.CASCADE, related_name="targets")
    key = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)
    comparator = models.CharField(max_length=2, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="year_targets")
    nature = models.CharField(max_length=12)
    method = models.CharField(max_length=8, choices=Method)
    generated = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    reason = models.CharField(max_length=300, blank=True)
    changed_by = models.CharField(max_length=120, blank=True)
    changed_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["year_plan", "position", "region__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year_plan", "key", "part"],
                condition=models.Q(region=None),
                name="one_city_target_a_line",
            ),
            models.UniqueConstraint(
                fields=["year_plan", "key", "part", "region"], name="one_target_a_line_and_district"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["year_plan", "position"], name="year_target_order")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class NatureChoice(models.Model):
    """A nature that a person chose for a line instead of the proposed one; the last one is in force.

    ``source`` and ``factor`` say what a derived target follows; ``shares`` and ``steps`` are the
    parameters of a sum and of steps.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="nature_choices")
    key = models.CharField(max_length=40)
    part = models.CharField(max_length=200, blank=True)
    nature = models.CharField(max_length=12)
    source = models.CharField(max_length=200, blank=True)
    factor = models.DecimalField(max_digits=20, decimal_places=8, default=1)
    shares = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["plan", "key", "part"], name="nature_line")]

    def __str__(self) -> str:
        return f"{self.key} {self.nature}"
