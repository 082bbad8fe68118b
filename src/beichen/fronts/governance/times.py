"""Time left in words, and how urgent that is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beichen.hubs.events.models import Case
from beichen.hubs.events.pages import Clock
from beichen.kernel.calendar.service import working_time_between

SOON = timedelta(hours=4)
"""What is due within this time is due soon."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Urgency(StrEnum):
    """How a case stands with its time."""

    OVERDUE = "overdue"
    SOON = "soon"
    RUNNING = "running"
    WAITING = "waiting"
    NONE = "none"


TONES = {
    Urgency.OVERDUE: "missed",
    Urgency.SOON: "behind",
    Urgency.RUNNING: "on-course",
    Urgency.WAITING: "unknown",
    Urgency.NONE: "unknown",
}
"""The colour token of each, and the symbol of the same name."""


def urgency_of(row: Case, now: datetime) -> Urgency:
    """How the case stands with its deadline."""
    if row.is_open and row.is_waiting:
        return Urgency.WAITING
    if row.due_at is None or not row.is_open:
        return Urgency.NONE
    if row.due_at < now:
        return Urgency.OVERDUE
    return Urgency.SOON if row.due_at < now + SOON else Urgency.RUNNING


def duration_words(seconds: float) -> str:
    """A duration in its two largest units: 2 days 3 hours, 5 minutes."""
    whole = abs(int(seconds))
    days, rest = divmod(whole, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours and days < 10:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if (minutes or not parts) and not days:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(parts)


def left_words(row: Case, now: datetime) -> str:
    """How much time the case has left: in words, empty where no clock runs."""
    urgency = urgency_of(row, now)
    if urgency is Urgency.WAITING:
        return _("waiting")
    if urgency is Urgency.NONE or row.due_at is None:
        return ""
    left = (row.due_at - now).total_seconds()
    words = duration_words(left)
    return _("%(time)s late") % {"time": words} if left < 0 else _("%(time)s left") % {"time": words}


def share_used(clock: Clock, now: datetime) -> int:
    """How much of a stage's time is used, in percent; more than 100 when it is over."""
    if clock.is_working:
        total, used = working_time_between(clock.since, clock.due), working_time_between(clock.since, now)
    else:
        total, used = clock.due - clock.since, now - clock.since
    seconds = total.total_seconds()
    return round(100 * used.total_seconds() / seconds) if seconds > 0 else 100
