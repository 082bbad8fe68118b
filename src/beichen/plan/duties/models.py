"""What is kept: duties, their milestones, what bodies report in rounds, supervision notes, and the trail.

A duty refers to its fact by plan, kind and stable key, so that reading the plan's text anew keeps it. A
fact that vanishes leaves its duty behind, marked, with everything it held.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.plan.duties.words import (
    Length,
    Nature,
    NoteStatus,
    ReminderKind,
    ReportStatus,
    State,
)
from beichen.plan.models import Plan


class Duty(models.Model):
    """Something of the plan that somebody must answer for (责任事项).

    ``state``, ``percent`` and ``done_on`` are those of the last accepted report; ``state`` is empty before
    the first. ``suggestion`` is a body that the plan itself names in the passage; it assigns nothing.
    ``region`` is the lead body's, else the plan's.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=40)
    nature = models.CharField(max_length=10, choices=Nature)
    title = models.CharField(max_length=500)
    location = models.CharField(max_length=60)
    part = models.CharField(max_length=60)
    start = models.PositiveIntegerField()
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Body, models.PROTECT, null=True, related_name="led_duties")
    supporting = models.ManyToManyField(Body, related_name="supported_duties")
    suggestion = models.ForeignKey(Body, models.SET_NULL, null=True, related_name="+")
    deadline = models.DateField(null=True)
    assigned_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=State, blank=True)
    percent = models.PositiveSmallIntegerField(null=True)
    done_on = models.DateField(null=True)
    vanished_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="lead__path")

    class Meta:
        verbose_name_plural = "duties"
        ordering: ClassVar = ["plan", "start"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "kind", "key"], name="duty_once_a_fact"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["plan", "start"], name="duty_order"),
            models.Index(fields=["plan", "lead"], name="duty_by_lead"),
        ]

    def __str__(self) -> str:
        return self.title


class Milestone(models.Model):
    """A step on the way to a duty's end (里程碑), with its day; done with evidence."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=200)
    due = models.DateField()
    done_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="duty__region__path", body="duty__lead__path")

    class Meta:
        ordering: ClassVar = ["due", "id"]
        indexes: ClassVar = [models.Index(fields=["duty", "due"], name="milestone_order")]

    def __str__(self) -> str:
        return self.title


class ReportingRule(models.Model):
    """How a plan's bodies report (报送规则): how often, by which working day, when reminded."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="reporting_rule")
    length = models.CharField(max_length=8, choices=Length, default=Length.HALF)
    working_days = models.PositiveSmallIntegerField(default=10)
    remind_days = models.PositiveSmallIntegerField(default=3)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.length}"


class Round(models.Model):
    """A reporting round (报送轮次) for a period as SDMX writes it: ``2024-S1``, ``2024-Q3``."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="reporting_rounds")
    period = models.CharField(max_length=10)
    starts = models.DateField()
    ends = models.DateField()
    opens = models.DateField()
    due = models.DateField()
    opened_by = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="plan__region__path")

    class Meta:
        ordering: ClassVar = ["-ends", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "period"], name="round_once_a_period"),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "-ends"], name="round_order")]

    def __str__(self) -> str:
        return self.period


class Report(models.Model):
    """What a body says about a duty in a round (进展报送). ``reason`` is why it was returned."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="reports")
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="reports")
    body = models.ForeignKey(Body, models.PROTECT, related_name="duty_reports")
    status = models.CharField(max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    state = models.CharField(max_length=12, choices=State)
    percent = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    done_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    written_by = models.CharField(max_length=120)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="duty__region__path", body="body__path")

    class Meta:
        ordering: ClassVar = ["-round__ends", "duty__start"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "duty"], name="report_once_a_round"),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "status"], name="report_to_decide")]

    def __str__(self) -> str:
        return f"{self.duty_id} in {self.round_id}"


class SupervisionNote(models.Model):
    """A note to a body about a duty that asks for an answer by a day (督查). Its words are its entries."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="supervision_notes")
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="notes")
    body = models.ForeignKey(Body, models.PROTECT, related_name="supervision_notes")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    due = models.DateField()
    status = models.CharField(max_length=10, choices=NoteStatus, default=NoteStatus.OPEN)
    written_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="duty__region__path", body="body__path")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="note_number_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "status", "due"], name="note_by_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class NoteEntry(models.Model):
    """One word in the exchange about a note: written, answered, closed, reopened. Never changed."""

    note = models.ForeignKey(SupervisionNote, models.CASCADE, related_name="entries")
    verb = models.CharField(max_length=10)
    text = models.TextField()
    due = models.DateField(null=True)
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "note entries"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"


class Evidence(models.Model):
    """A file that proves something about a duty: of a report, a milestone, or an answer to a note."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="evidence")
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, related_name="evidence")
    entry = models.ForeignKey(NoteEntry, models.CASCADE, null=True, related_name="evidence")

    class Meta:
        verbose_name_plural = "evidence"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return str(self.file)


class Step(models.Model):
    """What was done about a duty, by whom, when and why: its history. Never changed."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    by = models.CharField(max_length=120)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["duty", "-id"], name="step_order")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"


class Reminder(models.Model):
    """That a body was reminded: of a round's missing reports, or of a note without an answer; once each."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="duty_reminders")
    body = models.ForeignKey(Body, models.CASCADE, related_name="duty_reminders")
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="reminders")
    note = models.ForeignKey(SupervisionNote, models.CASCADE, null=True, related_name="reminders")
    kind = models.CharField(max_length=8, choices=ReminderKind)
    due = models.DateField()
    missing = models.PositiveIntegerField()
    made_on = models.DateField()

    class Meta:
        ordering: ClassVar = ["-made_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "body", "kind"],
                condition=models.Q(round__isnull=False),
                name="reminder_once_a_round",
            ),
            models.UniqueConstraint(
                fields=["note", "kind", "due"],
                condition=models.Q(note__isnull=False),
                name="reminder_once_a_note",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["body", "-made_on"], name="reminder_of_body")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due}"
