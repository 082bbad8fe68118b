"""What is kept: files of values, values set aside, how indicators stood and since when, forecasts, warnings.

Lines of the indicator table are known by their indicator's stable ``key`` and their ``part``. A status or
a warning without an end is the current one; what ended stays, so that the day of a turn can be found.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import ScopeFields
from beichen.plan.models import Plan


class FileState(models.TextChoices):
    """How far a file of values is."""

    CHECKED = "checked", _("Checked, not applied")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Has mistakes")


class ValueFile(models.Model):
    """A file of values as it was read: its rows, what is wrong, and whether it was applied.

    ``rows`` are the understood rows as JSON; a file with a mistake is never applied in part.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="value_files")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=FileState)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    brought_by = models.CharField(max_length=120)
    brought_at = models.DateTimeField()
    applied_by = models.CharField(max_length=120, blank=True)
    applied_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["plan", "-id"], name="value_files")]

    def __str__(self) -> str:
        return self.name


class SetAside(models.Model):
    """A value that another source states for the same period and that was decided against.

    It is shown beside the value in force, with who decided and why.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="set_aside")
    indicator = models.CharField(max_length=80)
    region = models.CharField(max_length=20)
    period = models.CharField(max_length=24)
    value = models.DecimalField(max_digits=24, decimal_places=6)
    unit = models.CharField(max_length=40, blank=True)
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "values set aside"
        indexes: ClassVar = [
            models.Index(fields=["plan", "indicator", "region", "period"], name="set_aside_period")
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period} {self.source_title}"


class Line(models.Model):
    """Something that is kept about a line of the indicator table."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="%(class)s_set")
    key = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class StatusRecord(Line):
    """How a line stood from ``since`` to ``until``, by the values until ``year``; ``cause`` is the event."""

    status = models.CharField(max_length=12)
    reason = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField(null=True)
    actual = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    numbers = models.JSONField(default=dict)
    cause = models.CharField(max_length=160)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-since", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "key", "part"], condition=models.Q(until=None), name="one_status_a_line"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "key", "part", "-since"], name="status_history")]


class EarlyWarning(Line):
    """The path of a line can no longer be met at any pace seen: what it needs, and the best so far."""

    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    needed = models.FloatField()
    best = models.FloatField()
    target_year = models.PositiveSmallIntegerField()
    years_left = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number", "part"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "key", "part"], condition=models.Q(until=None), name="one_warning_a_line"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "until"], name="warnings_open")]


class Forecast(Line):
    """Where a line goes until the plan's end if it goes on so; ``why_none`` when nobody can say.

    ``values`` are ``{"year", "value", "low", "high"}``, the interval at ``level`` percent; ``inputs`` the
    digest of what it was computed from.
    """

    model = models.CharField(max_length=30, blank=True)
    why_none = models.CharField(max_length=30, blank=True)
    points = models.JSONField(default=list)
    values = models.JSONField(default=list)
    level = models.PositiveSmallIntegerField(default=80)
    inputs = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["plan", "number", "part"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "key", "part"], name="one_forecast_a_line"),
        ]
