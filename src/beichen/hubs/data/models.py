"""What is kept: indicators (指标), their values, and apart from these the city's yearly targets.

A value is in its indicator's unit; what its source printed stands in the quote. Periods are SDMX
observational time periods; ``starts`` and ``ends`` are the days they cover, so that values sort and a
range of time is one range of an index.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Region


class Direction(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", "越高越好"
    LOWER = "lower", "越低越好"
    NEUTRAL = "neutral", "无方向"


class Aggregation(models.TextChoices):
    """How values of parts make the value of the whole; ``none`` means that they cannot."""

    SUM = "sum", "求和"
    MEAN = "mean", "平均"
    LAST = "last", "期末值"
    NONE = "none", "不可汇总"


class Indicator(models.Model):
    """What is counted: a name, a unit, a definition, and which way is better."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    unit = models.CharField(max_length=30, blank=True)  # as people write it; blank is a plain number
    direction = models.CharField(max_length=8, choices=Direction)
    period = models.CharField(max_length=10, blank=True)  # year, quarter, month, day; blank is any
    aggregation = models.CharField(max_length=6, choices=Aggregation)
    definition = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=80)  # the package that declares it
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [
            models.Index(fields=["is_current", "key"], name="indicator_current"),
            models.Index(fields=["owner"], name="indicator_owner"),
        ]

    def __str__(self) -> str:
        return self.key


class Kind(models.TextChoices):
    """Whether a value was measured in the city or made up to show and load it."""

    REAL = "real", "真实"
    DEMO = "demo", "演示"


class Stated(models.Model):
    """A number for a region and a period, with where it was found and how far it can be trusted."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="%(class)s_set")
    region = models.ForeignKey(Region, models.PROTECT, related_name="%(class)s_set")
    period = models.CharField(max_length=24)
    starts = models.DateField()
    ends = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    relation = models.CharField(max_length=10, default="exact")  # exact, about, at-least, above
    confidence = models.CharField(max_length=8, default="high")  # high, medium, low
    source_title = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    quote = models.TextField(blank=True)
    owner = models.CharField(max_length=80)  # the package or system that recorded it

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period}"


class IndicatorValue(Stated):
    """What was measured, counted or computed."""

    status = models.CharField(max_length=12, default="published")  # published, preliminary, computed
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.REAL)
    note = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["starts", "ends", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "region", "period", "kind"], name="one_value_a_period_and_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["indicator", "region", "kind", "starts"], name="value_series"),
            models.Index(fields=["owner"], name="value_owner"),
        ]


class AnnualTarget(Stated):
    """What the city set itself for a year (年度目标); never a measurement."""

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["starts", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "region", "period"], name="one_target_a_period"),
        ]
        indexes: ClassVar = [models.Index(fields=["owner"], name="target_owner")]
