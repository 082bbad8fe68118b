"""What is kept: the catalogue's entries, the filings of each, their steps, and the findings of the check.

An entry (目录清单项) says which plan is to be made, by whom, until when. A filing (编制备案) is one version
of it: a file whose facts are a plan of their own, or a document. A finding (衔接审查意见) belongs to the
entry and is worked through all its filings.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.plan.models import Plan, PlanKind


class FilingState(models.TextChoices):
    """The way of a filing; superseded when a later one takes its place."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Handed in")
    LINKING = "linking", _("In consistency check")
    APPROVED = "approved", _("Approved")
    FILED = "filed", _("Filed")
    SUPERSEDED = "superseded", _("Superseded")


class FindingState(models.TextChoices):
    """The way of a finding."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("To be changed")
    JUSTIFIED = "justified", _("Justified")
    RESOLVED = "resolved", _("Resolved")


class Entry(models.Model):
    """A plan that is to be made. ``covers`` names what of the outline it details: ``7, 9.2, #19``."""

    key = models.SlugField(max_length=50, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=PlanKind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="catalogue_entries")
    body = models.ForeignKey(Body, models.PROTECT, related_name="catalogue_entries")
    due = models.DateField(null=True)
    approver = models.CharField(max_length=120, blank=True)
    covers = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["kind", "key"]
        verbose_name_plural = "entries"
        indexes: ClassVar = [models.Index(fields=["kind", "key"], name="catalogue_kind")]

    def __str__(self) -> str:
        return self.title


class Filing(models.Model):
    """One version of an entry's plan. ``plan`` is None where it is filed as a document only."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="filings")
    number = models.PositiveSmallIntegerField()
    plan = models.OneToOneField(Plan, models.PROTECT, null=True, related_name="filing")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="filings")
    state = models.CharField(max_length=12, choices=FilingState, default=FilingState.DRAFT)
    problems = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="entry__region__path")

    class Meta:
        ordering: ClassVar = ["entry", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "number"], name="filing_number_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["state"], name="filing_state")]

    def __str__(self) -> str:
        return f"{self.entry_id} no. {self.number}"


class Step(models.Model):
    """What happened to a filing: when, by whom, with which document."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12, choices=FilingState)
    day = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.state} {self.day}"


class FindingRecord(models.Model):
    """A finding through all checks of an entry's filings, with what was decided about it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="findings")
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="findings")
    key = models.CharField(max_length=16)
    digest = models.CharField(max_length=16)
    category = models.CharField(max_length=14)
    severity = models.CharField(max_length=8)
    rank = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=300)
    reason = models.CharField(max_length=20)
    match = models.FloatField()
    details = models.JSONField(default=dict)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.OPEN)
    decision = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="entry__region__path")

    class Meta:
        ordering: ClassVar = ["entry", "rank", "category", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "key"], name="finding_once")]
        indexes: ClassVar = [
            models.Index(fields=["entry", "state"], name="finding_state"),
            models.Index(fields=["entry", "rank"], name="finding_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.subject}"
