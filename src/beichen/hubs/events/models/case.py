"""The case: a stream of events, and the rows that are derived from it for lists, clocks and maps.

``CaseEvent`` is what happened and never changes (but for the erasure of a person's own words); ``Case``
and ``CaseDesk`` are its projection (:mod:`beichen.hubs.events.case.projection`) and can be derived anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from beichen.hubs.events.models.kind import EventKind
from beichen.hubs.events.words import Grade, Outcome, Part, Stage
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region


class Case(models.Model):
    """Something that someone must act on (案件), as it stands after its last event.

    ``cell`` is the H3 cell of resolution 10 (about 130 m across) around its place, which the reporter gave or
    the address library found (``place_score``). ``alert_at`` is when the
    clock next has something to say; None while it waits or is closed. ``*_in_time`` is None until decided.
    """

    code = models.CharField(max_length=20, unique=True)
    version = models.PositiveIntegerField(default=0)
    recorded_version = models.PositiveIntegerField(default=0)  # what the table of cases knows: see facts.py
    kind = models.ForeignKey(EventKind, models.PROTECT, null=True, related_name="cases")
    title = models.CharField(max_length=120)
    text = models.TextField()
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    cell = models.BigIntegerField(null=True)
    address = models.CharField(max_length=200, blank=True)
    place_score = models.FloatField(null=True)  # of the match that found the place by the address
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    centre = models.ForeignKey(Body, models.PROTECT, related_name="+")
    desk = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    grade = models.PositiveSmallIntegerField(choices=Grade, default=Grade.IV)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ACCEPT)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    is_open = models.BooleanField(default=True)
    is_waiting = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    alert_at = models.DateTimeField(null=True)
    alerted = models.PositiveSmallIntegerField(default=0)
    report_count = models.PositiveIntegerField(default=1)
    returns = models.PositiveIntegerField(default=0)
    reopenings = models.PositiveIntegerField(default=0)
    supervisions = models.PositiveIntegerField(default=0)
    rating = models.FloatField(null=True)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    accepted_in_time = models.BooleanField(null=True)
    handled_in_time = models.BooleanField(null=True)
    answered_in_time = models.BooleanField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    state: models.JSONField[Any, Any] = models.JSONField(default=dict)
    suggested = models.JSONField(default=list)  # kinds with shares, beside the stream: see suggesting.py
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="desk__path", level="level")

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        # What lists and figures of open cases look at stands in their indexes: counting reads no rows.
        indexes: ClassVar = [
            models.Index(
                fields=["cell", "opened_at", "due_at", "level"], condition=Q(is_open=True), name="case_near"
            ),
            models.Index(fields=["alert_at"], condition=Q(alert_at__isnull=False), name="case_alert"),
            models.Index(fields=["is_open", "due_at", "id", "grade", "level"], name="case_due"),
            models.Index(fields=["is_open", "stage", "due_at", "id", "grade", "level"], name="case_stage"),
            models.Index(fields=["is_open", "grade", "due_at", "id", "level"], name="case_grade"),
            models.Index(
                fields=["closed_at", "level"], condition=Q(closed_at__isnull=False), name="case_closed"
            ),
            models.Index(fields=["-opened_at", "-id", "is_open", "level"], name="case_newest"),
            models.Index(fields=["region", "is_open", "due_at", "is_waiting", "level"], name="case_region"),
            models.Index(fields=["kind", "opened_at"], name="case_kind"),
            models.Index(
                fields=["id"], condition=Q(version__gt=F("recorded_version")), name="case_unrecorded"
            ),
            models.Index(fields=["desk", "is_open", "due_at", "is_waiting", "level"], name="case_desk"),
        ]

    def __str__(self) -> str:
        return self.code


class CaseEvent(models.Model):
    """One step of a case: a CloudEvent of type ``events.case.NAME`` with the case's code as its subject."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="stream")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=100)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["case", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="case_event_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="case_event_at")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number} {self.name}"


class CaseDesk(models.Model):
    """A body that takes part in a case: who may see it and who must act (derived)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="desks")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part)

    ACCESS: ClassVar = ScopeFields(region="case__region__path", body="body__path", level="case__level")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "body"], name="desk_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["body", "part", "case"], name="desk_by_body")]

    def __str__(self) -> str:
        return f"{self.part} {self.body_id} of {self.case_id}"


class CaseFile(models.Model):
    """A photograph or paper of a case: of a report (``report`` is its code), or of a step."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    report = models.CharField(max_length=20, blank=True)
    is_public = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.case_id}"


class CaseBand(models.Model):
    """A band of an open case's text: alike texts share one (:mod:`..suggestion.similarity`)."""

    band = models.BigIntegerField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["band", "case"], name="band_once"),
        ]

    def __str__(self) -> str:
        return f"{self.band} of {self.case_id}"


class Likeness(models.Model):
    """Two cases that may be about the same thing, and why; a person decides (or the kind's rule did)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Case, models.CASCADE, related_name="+")
    metres = models.FloatField(null=True)
    minutes = models.FloatField()
    similarity = models.FloatField()
    shared = models.JSONField(default=list)
    is_settled = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-similarity", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "other"], name="likeness_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} like {self.other_id}"
