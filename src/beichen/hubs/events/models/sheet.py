"""A file of reports on its way in, row by row, so that a death on the way leaves nothing out or doubled."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Person, random_code


class SheetState(models.TextChoices):
    """How far a file is."""

    DRAFT = "draft", _("Columns are to be chosen")
    RUNNING = "running", _("Is being taken in")
    DONE = "done", _("Taken in")
    STOPPED = "stopped", _("Stopped")


class RowState(models.TextChoices):
    """What became of a row: a new report, one that was known, or none."""

    WAITING = "waiting", _("Waits to be taken in")
    TAKEN = "taken", _("Came in as a report")
    KNOWN = "known", _("Known before")
    REFUSED = "refused", _("Refused")


class SheetImport(models.Model):
    """A file of reports (批量导入). ``mapping`` says which column holds which field.

    ``digest`` stands for the file's content: with a row's number it makes a report's key.
    ``touched_at`` is when a row last came in: a run that stands still is taken up again.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=24)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=SheetState, default=SheetState.DRAFT)
    problem = models.JSONField(default=dict)  # why it was stopped
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="sheet_own"),
            models.Index(fields=["state", "touched_at"], name="sheet_state"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SheetRow(models.Model):
    """A row of the file. ``cells`` are emptied once it is a report; ``problems`` say why it is none."""

    sheet = models.ForeignKey(SheetImport, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=RowState, default=RowState.WAITING)
    report = models.CharField(max_length=20, blank=True)
    problems = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["sheet", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "number"], name="sheet_row_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["sheet", "state", "number"], name="sheet_row_state")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.number} {self.state}"
