"""What is kept: indicators (指标), their values, how some of them are computed, the city's yearly targets.

A value is in its indicator's unit; what its source printed stands in the quote. Periods are SDMX
observational time periods; ``starts`` and ``ends`` are the days they cover, so that values sort and a
range of time is one range of an index.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region


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


class WholeValues(models.Manager["IndicatorValue"]):
    """The values of whole regions: what everybody sees who does not ask for more."""

    def get_queryset(self) -> models.QuerySet[IndicatorValue]:
        """Those that count a region as a whole."""
        return super().get_queryset().filter(dimension="")


class IndicatorValue(Stated):
    """What was measured, counted or computed.

    A value of a whole region has no ``dimension``. One that counts a part says what parts are (``body``,
    ``event``, ``body+event``) and which this is (``member``, the codes joined by ``+``). ``objects`` holds
    the whole values alone, ``everything`` both. ``body`` is set where a body's own work is counted.
    """

    status = models.CharField(max_length=12, default="published")  # published, preliminary, computed
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.REAL)
    note = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    length = models.CharField(max_length=7, blank=True, editable=False)  # of the period: day … year, range
    dimension = models.CharField(max_length=80, blank=True)
    member = models.CharField(max_length=200, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)

    ACCESS: ClassVar = ScopeFields(region="region__path", level="level")

    objects: ClassVar = WholeValues()
    everything: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["starts", "ends", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "region", "period", "kind", "dimension", "member"],
                name="one_value_a_period_and_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["indicator", "region", "kind", "starts"], name="value_series"),
            models.Index(fields=["indicator", "dimension", "length", "starts"], name="value_parts"),
            models.Index(fields=["owner"], name="value_owner"),
        ]


class BodyValue(IndicatorValue):
    """A value that counts a body's own work: seen by whoever may see the body."""

    ACCESS: ClassVar = ScopeFields(region="body__region__path", body="body__path", level="level")

    objects: ClassVar = models.Manager()  # type: ignore[assignment]  # all of them have a dimension

    class Meta:
        proxy = True


class AnnualTarget(Stated):
    """What the city set itself for a year (年度目标); never a measurement."""

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["starts", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "region", "period"], name="one_target_a_period"),
        ]
        indexes: ClassVar = [models.Index(fields=["owner"], name="target_owner")]


class Computation(models.Model):
    """How an indicator is computed (指标计算): the SQL of its scene, and how far it has come.

    ``sources`` are the tables with the columns that are read. ``basis`` is what the values were last computed
    from beside rows (SQL, trees, zone), ``versions`` the version of each table that they hold; where either
    is another now, they are out of date. ``package`` names the scene with its version.
    """

    indicator = models.OneToOneField(Indicator, models.CASCADE, related_name="computation")
    sql = models.TextField()
    digest = models.CharField(max_length=64)
    every = models.JSONField()  # ["day", "month"]
    by = models.JSONField()  # [{"names": ["region"], "every": ["day"]}]
    target = models.CharField(max_length=40, blank=True)
    decimals = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    sources = models.JSONField()
    package = models.CharField(max_length=300)
    basis = models.CharField(max_length=64, blank=True)
    versions = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True)
    problem: models.JSONField[Any, Any] = models.JSONField(null=True)  # of the last run

    class Meta:
        ordering: ClassVar = ["indicator__key"]

    def __str__(self) -> str:
        return f"{self.indicator_id}"


class ComputationRun(models.Model):
    """One run that had something to do: the versions it saw, how long it took, what it wrote, what failed."""

    computation = models.ForeignKey(Computation, models.CASCADE, related_name="runs")
    at = models.DateTimeField()
    seconds = models.FloatField()
    versions = models.JSONField()
    is_whole = models.BooleanField()  # every period anew, not only those that rows touched
    computed = models.IntegerField(default=0)
    written = models.IntegerField(default=0)
    removed = models.IntegerField(default=0)
    problem: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["computation", "-id"], name="computation_runs")]

    def __str__(self) -> str:
        return f"{self.computation_id} {self.at:%Y-%m-%d %H:%M}"
