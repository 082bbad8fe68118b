"""The closed lists of words of this room, with what people read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Nature(models.TextChoices):
    """What kind of thing a duty is; part 17 of the plan names the first three."""

    INDICATOR = "indicator", _("Binding indicator")
    PROJECT = "project", _("Major project")
    MEASURE = "measure", _("Policy or reform measure")
    TASK = "task", _("Task")


class State(models.TextChoices):
    """How far a body says it has come."""

    NOT_STARTED = "not-started", _("Not started")
    IN_PROGRESS = "in-progress", _("In progress")
    DONE = "done", _("Done")
    STUCK = "stuck", _("Stuck")


class Standing(models.TextChoices):
    """How a duty stands on a day, worked out from what is kept; the worst stands first."""

    UNASSIGNED = "unassigned", _("Unassigned")
    OVERDUE = "overdue", _("Overdue")
    STUCK = "stuck", _("Stuck")
    UNREPORTED = "unreported", _("Not reported yet")
    NOT_STARTED = "not-started", _("Not started")
    IN_PROGRESS = "in-progress", _("In progress")
    DONE = "done", _("Done")
    VANISHED = "vanished", _("No longer in the plan")


class Length(models.TextChoices):
    """How long a reporting period is."""

    QUARTER = "quarter", _("Every quarter")
    HALF = "half", _("Every half-year")


class ReportStatus(models.TextChoices):
    """A report's way: draft → submitted → accepted, or returned and submitted again."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")


class NoteStatus(models.TextChoices):
    """A note's way: open → answered → closed; reopened it is open again."""

    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class ReminderKind(models.TextChoices):
    """Why a body was reminded."""

    DUE = "due", _("Due soon")
    OVERDUE = "overdue", _("Overdue")


VERBS = {
    "opened": _("Opened from the plan"),
    "vanished": _("No longer in the plan"),
    "returned-to-plan": _("In the plan again"),
    "assigned": _("Assigned"),
    "unassigned": _("Taken back"),
    "milestone-added": _("Milestone added"),
    "milestone-done": _("Milestone done"),
    "report-submitted": _("Report submitted"),
    "report-accepted": _("Report accepted"),
    "report-returned": _("Report returned"),
    "note-written": _("Supervision note"),
    "note-answered": _("Note answered"),
    "note-closed": _("Note closed"),
    "note-reopened": _("Note reopened"),
    "written": _("Written"),
    "answered": _("Answered"),
    "closed": _("Closed"),
    "reopened": _("Reopened"),
}
TONES = {
    "unassigned": "missed",
    "overdue": "missed",
    "stuck": "behind",
    "unreported": "unknown",
    "not-started": "unknown",
    "in-progress": "on-course",
    "done": "ahead",
    "vanished": "unknown",
    "draft": "unknown",
    "submitted": "on-course",
    "accepted": "ahead",
    "returned": "behind",
    "missing": "missed",
    "open": "behind",
    "answered": "on-course",
    "closed": "ahead",
}
