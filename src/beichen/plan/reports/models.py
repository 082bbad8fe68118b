"""What is kept: reports with their editions and files, Word templates, and the congress's oversight.

A report's document and files are written once. What may change is its state, by the steps that stand
beside it; a published report changes no more, and the next edition of the same series supersedes it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region, random_code
from beichen.plan.models import Plan


class Kind(models.TextChoices):
    """What is reported, and to whom."""

    YEARLY = "yearly", _("Yearly monitoring report")
    MIDTERM = "midterm", _("Mid-term evaluation")
    FINAL = "final", _("Final evaluation")
    CONGRESS = "congress", _("Report to the congress")
    BRIEF = "brief", _("One-page brief")
    COMPENDIUM = "compendium", _("Compendium of the whole plan")


class State(models.TextChoices):
    """The way of a report."""

    MAKING = "making", _("Being made")
    FAILED = "failed", _("Not made")
    DRAFT = "draft", _("Draft report")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")


class Report(models.Model):
    """One edition of a report. ``audience`` is the level it gets when published; until then it is L2.

    ``series`` names what is reported for whom in which language; editions count within it.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=12, choices=Kind)
    year = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="reports")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="reports")
    audience = models.PositiveSmallIntegerField(default=Level.L1.value)
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    series = models.CharField(max_length=160)
    edition = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    progress = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300, blank=True)
    document: models.JSONField[Any, Any] = models.JSONField(null=True)
    hash = models.CharField(max_length=64, blank=True)
    is_demo = models.BooleanField(default=False)
    made_by = models.CharField(max_length=100)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(region="region__path", level="level")

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "series", "edition"], name="report_edition_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "-made_at", "-id"], name="report_by_time"),
            models.Index(fields=["plan", "state", "level"], name="report_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.edition}"


class ReportFile(models.Model):
    """A report in one format, kept by its content."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="files")
    format = models.CharField(max_length=4)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["report", "format"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "format"], name="report_format_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.format}"


class Verb(models.TextChoices):
    """A step of a report."""

    MADE = "made", _("Made")
    FAILED = "failed", _("Not made")
    SUBMITTED = "submitted", _("Handed in for review")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")


class Step(models.Model):
    """Who did what to a report, when, with which words."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=10, choices=Verb)
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.verb}"


class WordTemplate(models.Model):
    """A city's own Word template for reports or for briefs; the current one of its use is taken."""

    use = models.CharField(max_length=8)  # report, brief
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    owner = models.CharField(max_length=80)  # the city package, or the person who uploaded it
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["use"], condition=models.Q(is_current=True), name="one_current_template_a_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.owner}"


class Submission(models.Model):
    """The yearly report's way to the congress's standing committee (提请审议). Dates are days."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="submissions")
    year = models.PositiveSmallIntegerField()
    report = models.ForeignKey(Report, models.PROTECT, related_name="submissions")
    session = models.CharField(max_length=120, blank=True)
    submitted_on = models.DateField()
    delivered_on = models.DateField(null=True)
    deliberated_on = models.DateField(null=True)
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path", level="level")

    class Meta:
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "year"], name="one_submission_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.year}"


class Opinion(models.Model):
    """A deliberation opinion (审议意见) of the standing committee, and who is to answer it by when."""

    class State(models.TextChoices):
        """Whether it is answered, and whether the answer is accepted."""

        OPEN = "open", _("To be answered")
        ANSWERED = "answered", _("Answered")
        ACCEPTED = "accepted", _("Answer accepted")
        RETURNED = "returned", _("Answer returned")

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="opinions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="opinions")
    due = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    ACCESS: ClassVar = ScopeFields(region="submission__plan__region__path", level="submission__level")

    class Meta:
        ordering: ClassVar = ["submission", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "number"], name="opinion_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.number}"


class Answer(models.Model):
    """An answer to an opinion, and what the committee made of it."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="answers")
    text = models.TextField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    is_accepted = models.BooleanField(null=True)
    verdict = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.at:%Y-%m-%d}"
