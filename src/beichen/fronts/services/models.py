"""What is kept: processes in their versions, affairs, the steps and timers that wait, and what happened.

An affair's state is the engine's, without its specification, which stands once in its :class:`Definition`.
``Task`` and ``Timer`` are derived from the state (:mod:`.affair.following`) for lists and clocks. Rows of
lists are read without the columns ``state`` and ``before``. Long because these rows are read together.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language

from beichen.fronts.services.affair.leads import LONGEST_LEAD
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.models import Application as Application
from beichen.fronts.services.words import Standing, Status
from beichen.kernel.columns import DeclarationField
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.kernel.statements import Prepared, slot


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


class Definition(models.Model):
    """One version of a process. Never changed: affairs that run on it finish on it.

    ``content_hash`` is that of its entry and files, ``spec`` the engine's specification as JSON.
    """

    key = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    scene = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64)
    declared = DeclarationField()
    files: models.JSONField[Any, Any] = models.JSONField()
    spec = models.TextField()
    is_newest = models.BooleanField(default=True)
    is_offered = models.BooleanField(default=True)
    installed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["key", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "number"], name="definition_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(is_newest=True), name="definition_newest_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if _is_english() else self.name


class Affair(models.Model):
    """A running process (办件). ``subject`` is the code of the person or firm that applies.

    ``promised_at`` moves while the clock stands still: ``left`` is then the working time that was left, in
    seconds, and ``pauses`` says why it stands. ``before`` is the state before the last step, for a recall.
    """

    code = models.CharField(max_length=20, unique=True)
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="affairs")
    version = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    outcome = models.CharField(max_length=60, blank=True)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.TextField(blank=True)
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    pauses: models.JSONField[Any, Any] = models.JSONField(default=list)
    left = models.BigIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)
    paused = models.BigIntegerField(default=0)  # working seconds that were not counted
    opened_at = models.DateTimeField()
    promised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    annulled_at = models.DateTimeField(null=True)  # since when its decision does not count
    is_in_time = models.BooleanField(null=True)
    working_days = models.FloatField(null=True)
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - many have none
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    is_demo = models.BooleanField(default=False)
    recorded_version = models.PositiveIntegerField(default=0)  # what the table of affairs knows

    ACCESS: ClassVar = ScopeFields(region="region__path", level="level")

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="affair_newest"),
            models.Index(fields=["status", "promised_at", "id"], name="affair_status"),
            models.Index(fields=["definition", "-opened_at"], name="affair_process"),
            models.Index(fields=["definition"], condition=Q(closed_at__isnull=True), name="affair_running"),
            models.Index(fields=["subject", "-opened_at"], name="affair_subject"),
            models.Index(
                fields=["id"], condition=Q(version__gt=models.F("recorded_version")), name="affair_unrecorded"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def heading(self) -> str:
        """What people call it: the service, and what its title says of this one (落户 · 合法稳定就业)."""
        return self.heading_of(self.title_words)

    def heading_of(self, said: str) -> str:
        """The same with a title that is in the reader's language already."""
        service = self.definition.label
        return f"{service} · {said}" if said and said != service else service

    @property
    def title_words(self) -> str:
        """The title; of a choice the words in the reader's language."""
        return read_process(self.definition.declared).said(self.title)

    @cached_property
    def steps(self) -> list[Task]:
        """All steps that waited or wait, in their order, with their bodies; read once.

        For who has the affair locked: they change with it alone.
        """
        found = _STEPS.rows(affair=self.pk)
        for one in found:
            one.affair = self
            if one.region_id == self.region_id:
                one.region = self.region
        return found


class AffairBody(models.Model):
    """A body that takes part in an affair: who may see it."""

    affair = models.ForeignKey(Affair, models.CASCADE, related_name="bodies")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")

    ACCESS: ClassVar = ScopeFields(region="affair__region__path", body="body__path", level="affair__level")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["affair", "body"], name="affair_body_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["body", "-affair"], name="affair_by_body")]

    def __str__(self) -> str:
        return f"{self.body_id} of {self.affair_id}"


class AffairEvent(models.Model):
    """One thing that happened to an affair: a CloudEvent of type ``services.affair.NAME``."""

    affair = models.ForeignKey(Affair, models.PROTECT, related_name="stream")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=20)
    step = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=100)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["affair", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["affair", "number"], name="affair_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.affair_id}/{self.number} {self.name}"


class Task(models.Model):
    """One step that waits for somebody, or did (待办). ``engine_id`` is its id within the affair's state.

    ``warn_at`` is when four fifths of its time are over, ``lead`` the class of how long that is before the
    end (:mod:`.affair.leads`). ``left`` is the working time that was left when the affair's clock stopped, in
    seconds; ``due_at`` is then only what it was.
    """

    affair = models.ForeignKey(Affair, models.CASCADE, related_name="tasks")
    number = models.PositiveIntegerField()
    engine_id = models.UUIDField()
    step = models.CharField(max_length=60)
    lane = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.WAITING)
    outcome = models.CharField(max_length=60, blank=True)
    is_paused = models.BooleanField(default=False)
    left = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    lead = models.PositiveSmallIntegerField(default=LONGEST_LEAD)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=100, blank=True)
    by_name = models.CharField(max_length=100, blank=True)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["affair", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["affair", "number"], name="task_once"),
            models.UniqueConstraint(fields=["affair", "engine_id"], name="task_engine_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["body", "due_at", "id"], condition=Q(closed_at__isnull=True), name="task_todo"
            ),
            models.Index(fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="task_due"),
            models.Index(
                fields=["body", "opened_at", "id"], condition=Q(closed_at__isnull=True), name="task_came"
            ),
            models.Index(fields=["opened_at", "id"], condition=Q(closed_at__isnull=True), name="task_first"),
            models.Index(
                fields=["body", "due_at", "id"],
                condition=Q(Q(is_paused=True) | Q(standing=Standing.TAKEN), closed_at__isnull=True),
                name="task_apart",
            ),
            models.Index(
                fields=["lead", "due_at", "warn_at", "body", "id"],
                condition=Q(closed_at__isnull=True, is_paused=False),
                name="task_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affair_id}/{self.number} {self.step}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if _is_english() else self.name

    @property
    def is_open(self) -> bool:
        """Whether somebody has to act."""
        return self.closed_at is None


_STEPS = Prepared(
    lambda: Task.objects.select_related("body").filter(affair=slot(Task, "affair")).order_by("number")
)


class Timer(models.Model):
    """A timer that runs: lost by no restart. ``due_at`` is None while the affair's clock stands still."""

    affair = models.ForeignKey(Affair, models.CASCADE, related_name="timers")
    engine_id = models.UUIDField()
    step = models.CharField(max_length=60)
    is_public = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    left = models.BigIntegerField(null=True)
    failures = models.PositiveIntegerField(default=0)
    held_at = models.DateTimeField(null=True)  # since when it waits for answers to objections
    closed_at = models.DateTimeField(null=True)
    is_fired = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["affair", "engine_id"], name="timer_engine_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=Q(closed_at__isnull=True, due_at__isnull=False), name="timer_due"
            ),
            models.Index(
                fields=["-opened_at"],
                condition=Q(closed_at__isnull=True, is_public=True),
                name="timer_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affair_id} {self.step}"


from beichen.fronts.services.applicant import models as applicant_models  # noqa: E402, F401 - tables of the same app
from beichen.fronts.services.forms import models as form_models  # noqa: E402, F401 - tables of the same app
from beichen.fronts.services.objection import models as objection_models  # noqa: E402, F401 - tables of the same app
