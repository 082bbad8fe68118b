"""What is kept of a project: where it stands, its money by line and by year, its elements, its history;
and the government investment plan of a year (年度政府投资计划).

Money is Decimal in 万元 (10,000 yuan) with four decimals, which is a yuan. None is "no data", never zero.
A project of a box is bound to its fact by ``key``, which stays when the text is read anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.plan.investment.declared import (
    ApprovalState,
    ElementKind,
    ElementState,
    LandKind,
    LandState,
    Nature,
    Source,
)
from beichen.plan.investment.stages import Stage
from beichen.plan.models import Plan


def money_field(*, required: bool = False) -> models.DecimalField[Any, Any]:
    """A column for 万元: up to a trillion of them, exact to the yuan; null is "no data"."""
    return models.DecimalField(max_digits=18, decimal_places=4, null=not required)


class Investment(models.Model):
    """A project of the plan, or one added below it; ``kind`` is "projects" when a box names it.

    ``part`` is the number of the plan's part. ``starts`` and ``ends`` are ``2021`` or ``2021-03``.
    ``done_total`` is what was done altogether until ``done_until`` (a year or month), as reported.
    ``quote`` holds the words of the plan from which place or money were taken.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="investments")
    kind = models.CharField(max_length=12, blank=True)
    key = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    position = models.PositiveIntegerField()
    is_stated = models.BooleanField(default=True)  # a box of the plan still names it, or a person added it
    name = models.CharField(max_length=500)
    part = models.CharField(max_length=10, blank=True)
    box = models.CharField(max_length=40, blank=True)
    box_title = models.CharField(max_length=200, blank=True)

    builder = models.CharField(max_length=200, blank=True)
    nature = models.CharField(max_length=12, blank=True, choices=Nature)
    content = models.TextField(blank=True)
    lead = models.ForeignKey(Body, models.PROTECT, null=True, related_name="investments")
    lead_name = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="investments")
    address = models.CharField(max_length=200, blank=True)
    geometry = models.JSONField(null=True)  # GeoJSON, WGS 84
    starts = models.CharField(max_length=7, blank=True)
    ends = models.CharField(max_length=7, blank=True)
    quote = models.CharField(max_length=300, blank=True)

    stage = models.CharField(max_length=12, blank=True, choices=Stage)
    stage_on = models.DateField(null=True)
    progress = models.CharField(max_length=500, blank=True)
    total = money_field()
    done_total = money_field()
    done_until = models.CharField(max_length=7, blank=True)
    land_state = models.CharField(max_length=10, blank=True, choices=LandState)
    land_kind = models.CharField(max_length=12, blank=True, choices=LandKind)
    land_area = models.DecimalField(max_digits=12, decimal_places=4, null=True)  # hectares

    is_demo = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    updated_at = models.DateTimeField(auto_now=True)

    ACCESS: ClassVar = ScopeFields(body="lead__path", level="level")

    class Meta:
        ordering: ClassVar = ["plan", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "key"], name="investment_once_a_plan"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "position"], name="investment_order"),
            models.Index(fields=["plan", "stage"], name="investment_stage"),
            models.Index(fields=["plan", "name"], name="investment_name"),
        ]

    def __str__(self) -> str:
        return self.name


class StageChange(models.Model):
    """A change of stage on a day, with evidence; ``waived`` are approvals that were missing at the start."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="stages")
    before = models.CharField(max_length=12, blank=True)
    stage = models.CharField(max_length=12, choices=Stage)
    on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    waived = models.JSONField(default=list)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["investment", "id"]

    def __str__(self) -> str:
        return f"{self.before or '–'} → {self.stage} {self.on}"


class Change(models.Model):
    """What was written to a project besides its stage: old and new values by field, and why."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=30)
    values = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["investment", "id"]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d}"


class FundLine(models.Model):
    """Money of one source for a project over all years; ``planned`` None: named, its amount unknown."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="funds")
    source = models.CharField(max_length=12, choices=Source)
    planned = money_field()
    allotted = money_field()

    class Meta:
        ordering: ClassVar = ["investment", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["investment", "source"], name="fund_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.planned}"


class YearMoney(models.Model):
    """Investment planned and done in a year. ``done`` is the sum of the year's parts where they exist."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    planned = money_field()
    done = money_field()

    class Meta:
        ordering: ClassVar = ["investment", "year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["investment", "year"], name="year_money_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["year", "investment"], name="year_money_year")]

    def __str__(self) -> str:
        return f"{self.year} {self.planned} {self.done}"


class PartMoney(models.Model):
    """Investment done in a month or quarter (SDMX: ``2024-03``, ``2024-Q1``)."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="parts")
    year = models.PositiveSmallIntegerField()
    period = models.CharField(max_length=7)
    done = money_field(required=True)

    class Meta:
        ordering: ClassVar = ["investment", "period"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["investment", "period"], name="part_money_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.done}"


class Approval(models.Model):
    """An approval (审批手续) of the declared list: how far, its number, its day, who gave it."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=ApprovalState)
    number = models.CharField(max_length=100, blank=True)
    on = models.DateField(null=True)
    body = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["investment", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["investment", "kind"], name="approval_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Element(models.Model):
    """Another element (要素) of a project, such as an energy quota, with how much in words."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="elements")
    kind = models.CharField(max_length=12, choices=ElementKind)
    state = models.CharField(max_length=10, choices=ElementState)
    amount = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["investment", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["investment", "kind"], name="element_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class PlanState(models.TextChoices):
    """A year's plan is drafted, adopted, and later replaced by its next version."""

    DRAFT = "draft", _("Draft")
    ADOPTED = "adopted", _("Issued")
    REPLACED = "replaced", _("Replaced")


class InvestmentPlan(models.Model):
    """The government investment plan of a year in one version. An adopted version never changes."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="investment_plans")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PlanState)
    number = models.CharField(max_length=100, blank=True)  # of the document that adopts it
    adopted_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    class Meta:
        ordering: ClassVar = ["plan", "year", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "year", "version"], name="investment_plan_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year} v{self.version} {self.state}"


class PlanBudget(models.Model):
    """What a source can give in the year: the ceiling of its lines."""

    of = models.ForeignKey(InvestmentPlan, models.CASCADE, related_name="budgets")
    source = models.CharField(max_length=12, choices=Source)
    amount = money_field(required=True)

    class Meta:
        ordering: ClassVar = ["of", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "source"], name="budget_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"


class PlanLine(models.Model):
    """Money of a source for a project in the year; ``allotted`` is what has been paid out of it."""

    of = models.ForeignKey(InvestmentPlan, models.CASCADE, related_name="lines")
    investment = models.ForeignKey(Investment, models.PROTECT, related_name="plan_lines")
    source = models.CharField(max_length=12, choices=Source)
    amount = money_field(required=True)
    allotted = money_field()

    class Meta:
        ordering: ClassVar = ["of", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "investment", "source"], name="plan_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"
