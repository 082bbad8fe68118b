"""What is kept: a plan (规划纲要), its text, its facts with their places, and what people corrected.

A fact keeps ``imported``, the values as they were read from the text; its columns hold the values in
force: the imported ones with the corrections laid over them. A correction is a row of its own, found
again by the fact's stable key, so that reading the text anew never loses it.

Long because all kinds of facts stand side by side here, as they do in a plan.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Region

PLACE = ("location", "start", "end")


class PlanText(models.Model):
    """A plan's text by the SHA-256 of its UTF-8 bytes; never changed."""

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.sha256[:12]


class PlanKind(models.TextChoices):
    """The four kinds of the unified planning system (统一规划体系; plan, 17.2)."""

    DEVELOPMENT = "development", "发展规划"
    SPATIAL = "spatial", "空间规划"
    SPECIAL = "special", "专项规划"
    REGIONAL = "regional", "区域规划"


class PlanState(models.TextChoices):
    """Whether a plan is not yet, is, or is no longer in force."""

    DRAFT = "draft", "未生效"
    IN_FORCE = "in-force", "有效"
    SUPERSEDED = "superseded", "已替代"


class Plan(models.Model):
    """A plan of a region for some years. ``english`` gives English names for Chinese ones.

    A plan without a ``parent`` that is of the development kind and in force is the city's outline (规划纲要),
    under which all other plans stand.
    """

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True)
    start_year = models.PositiveSmallIntegerField()
    end_year = models.PositiveSmallIntegerField()
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="plans")
    text = models.ForeignKey(PlanText, models.PROTECT, related_name="plans")
    source = models.CharField(max_length=200)
    english = models.JSONField(default=dict)
    kind = models.CharField(max_length=12, choices=PlanKind, default=PlanKind.DEVELOPMENT)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.IN_FORCE)
    imported_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="region__path")
    is_chosen = False  # whether the reader asked for this plan by name; kept by no column

    class Meta:
        ordering: ClassVar = ["-start_year", "key"]
        indexes: ClassVar = [
            models.Index(fields=["-start_year", "key"], name="plan_by_year"),
            models.Index(fields=["kind", "parent", "state", "-start_year", "key"], name="plan_outline"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def query(self) -> str:
        """What links of this plan's pages end in: empty for the current plan."""
        return f"?plan={self.key}" if self.is_chosen else ""


class Fact(models.Model):
    """Something that the plan states. ``start`` and ``end`` are character offsets into its text."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="%(class)ss")
    key = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    location = models.CharField(max_length=60)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    imported = models.JSONField()
    checked_by = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")
    VALUES: ClassVar[tuple[str, ...]] = ()
    CORRECTABLE: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
        ordering: ClassVar = ["plan", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "key"], name="%(class)s_once_a_plan"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "position"], name="%(class)s_order"),
            models.Index(fields=["plan", "start"], name="%(class)s_place"),
        ]

    @property
    def is_checked(self) -> bool:
        """Whether a person has compared this fact with the text."""
        return self.checked_at is not None

    def value_in_force(self, name: str) -> Any:
        """The column ``name``, as JSON holds it."""
        return getattr(self, name)


class Node(Fact):
    """A part, chapter, section, item, box or task; ``parent`` is the location of the node above."""

    level = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    parent = models.CharField(max_length=60, blank=True)
    body_end = models.PositiveIntegerField()

    VALUES: ClassVar = ("level", "number", "title", "parent", "body_end")
    CORRECTABLE: ClassVar = ("title",)

    def __str__(self) -> str:
        return f"{self.location} {self.title}"


class PlanIndicator(Fact):
    """A row of the plan's indicator table (主要指标). Numbers that the table does not print are None."""

    number = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True)
    base_value = models.FloatField(null=True)
    base_raw = models.CharField(max_length=60, blank=True)
    base_year = models.PositiveSmallIntegerField(null=True)
    target_value = models.FloatField(null=True)
    target_raw = models.CharField(max_length=60, blank=True)
    target_year = models.PositiveSmallIntegerField(null=True)
    comparator = models.CharField(max_length=2, blank=True)
    period = models.CharField(max_length=16)
    growth_value = models.FloatField(null=True)
    growth_raw = models.CharField(max_length=60, blank=True)
    attribute = models.CharField(max_length=10, blank=True)
    parts = models.JSONField(default=list)
    raw = models.TextField(blank=True)

    VALUES: ClassVar = (
        "number", "group", "name", "unit", "base_value", "base_raw", "base_year", "target_value",
        "target_raw", "target_year", "comparator", "period", "growth_value", "growth_raw", "attribute",
        "parts", "raw",
    )  # fmt: skip
    CORRECTABLE: ClassVar = (
        "name", "group", "unit", "base_value", "base_year", "target_value", "target_year", "comparator",
        "period", "attribute",
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Target(Fact):
    """A quantity that the plan promises in its prose; ``value`` and ``unit`` as printed."""

    subject = models.CharField(max_length=300, blank=True)
    metric = models.CharField(max_length=300)
    comparator = models.CharField(max_length=2)
    value = models.FloatField()
    upper = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=16)
    target_year = models.PositiveSmallIntegerField()
    quote = models.TextField(blank=True)

    VALUES: ClassVar = (
        "subject", "metric", "comparator", "value", "upper", "unit", "period", "target_year", "quote",
    )  # fmt: skip
    CORRECTABLE: ClassVar = (
        "subject", "metric", "comparator", "value", "upper", "unit", "period", "target_year",
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.subject} {self.metric}"


class Project(Fact):
    """A project named in a box (专栏), under its group heading there."""

    box = models.CharField(max_length=40)
    box_title = models.CharField(max_length=200)
    group = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=500)
    description = models.TextField(blank=True)

    VALUES: ClassVar = ("box", "box_title", "group", "name", "description")
    CORRECTABLE: ClassVar = ("group", "name")

    def __str__(self) -> str:
        return self.name


class NamedBody(Fact):
    """An organisation that the plan names; its place is where it is named first."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)
    mentions = models.JSONField(default=list)

    VALUES: ClassVar = ("name", "kind", "mentions")
    CORRECTABLE: ClassVar = ("name", "kind")

    class Meta(Fact.Meta):
        verbose_name_plural = "named bodies"

    def __str__(self) -> str:
        return self.name


class BodyMention(models.Model):
    """One place where a body is named; written from :attr:`NamedBody.mentions`."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="mentions")
    body = models.ForeignKey(NamedBody, models.CASCADE, related_name="places")
    location = models.CharField(max_length=60)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["start"]
        indexes: ClassVar = [models.Index(fields=["plan", "start"], name="mention_place")]

    def __str__(self) -> str:
        return f"{self.body_id} at {self.start}"


class Correction(models.Model):
    """What a person changed in a fact: the value it had, the value in force since, and why.

    The last one of a fact's field is in force.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    field = models.CharField(max_length=30)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["plan", "kind", "key"], name="correction_fact")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.field}"


class Amendment(models.Model):
    """What an adjustment (规划调整) that came into force changed in a fact, or that it added or removed one.

    ``field`` is empty for a whole fact: ``new`` holds the values of one that was added, ``old`` of one that
    was removed. Amendments lie over corrections: a value that was adjusted is no reading of the text.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="amendments")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    field = models.CharField(max_length=30, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    document = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["plan", "kind", "key"], name="amendment_fact")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.field or 'whole'}"


class Measure(models.Model):
    """Which statistic measures an indicator of the plan, and how; or why none does (``reason``).

    ``part`` names the line of an indicator that is stated in several. ``factor`` multiplies the
    statistic into the plan's unit.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="measures")
    number = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=200)
    statistic = models.CharField(max_length=80, blank=True)
    factor = models.FloatField(default=1)
    direction = models.CharField(max_length=8)
    note = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["plan", "number", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "position"], name="measure_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["statistic"], name="measure_statistic")]

    def __str__(self) -> str:
        return f"{self.number} {self.statistic or '–'}"
