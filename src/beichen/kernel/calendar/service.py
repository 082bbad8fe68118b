"""What can be done with the calendar: ask it, set deadlines, amend days and hours."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.calendar.models import AmendedDay, WorkingSpan
from beichen.kernel.calendar.working import SPANS, WorkingTime
from beichen.problem import Problem, ProblemError, Where, code, said

__all__ = [
    "amend_days",
    "deadline",
    "is_working_day",
    "set_working_hours",
    "working_time",
    "working_time_between",
]

NAIVE = code("CAL-101", "A time without an offset cannot be counted from.", status=422)
HOURS = code("CAL-102", "Working hours must be in order and must not overlap.", status=422)
NEGATIVE = code("CAL-103", "A deadline cannot lie before its start.", status=422)
_CACHE_KEY = "beichen.calendar"
_CACHE_SECONDS = 60


def working_time() -> WorkingTime:
    """The city's working time: statutory days, its amendments, its hours. Cached for a minute."""
    kept: WorkingTime | None = cache.get(_CACHE_KEY)
    if kept is None:
        spans = tuple(WorkingSpan.objects.values_list("start", "end")) or SPANS
        amendments = dict(AmendedDay.objects.values_list("day", "is_working"))
        kept = WorkingTime(ZoneInfo(settings.TIME_ZONE), spans, amendments)
        cache.set(_CACHE_KEY, kept, _CACHE_SECONDS)
    return kept


def is_working_day(day: date) -> bool:
    """Whether the city's offices work on ``day``."""
    return working_time().is_working_day(day)


def deadline(start: datetime, duration: timedelta, *, working: bool = False) -> datetime:
    """When ``duration`` after ``start`` is over.

    Without ``working`` the clock never stops. With it, whole days are working days, ending with the
    day's last working hour, and what is left over counts working hours only. Raises ProblemError for
    a naive ``start`` (CAL-101) and a negative duration (CAL-103).
    """
    if start.tzinfo is None:
        raise ProblemError(
            Problem(NAIVE, said("{start} has no offset", start=start.isoformat()), Where(field="start"))
        )
    if duration < timedelta():
        raise ProblemError(
            Problem(NEGATIVE, said("duration is {duration}", duration=duration), Where(field="duration"))
        )
    if not working:
        return start + duration
    time_ = working_time()
    rest = timedelta(seconds=duration.seconds, microseconds=duration.microseconds)
    if not duration.days:
        return time_.add(start, rest)
    last = time_.add_days(start, duration.days)
    return time_.add(last, rest) if rest else last


def working_time_between(start: datetime, end: datetime) -> timedelta:
    """The working time from ``start`` to ``end``."""
    return working_time().between(start, end)


@transaction.atomic
def amend_days(days: dict[date, tuple[bool, str]], *, by: Actor) -> int:
    """Declare days working or free, with a name each; returns how many changed."""
    known = {row.day: row for row in AmendedDay.objects.filter(day__in=days)}
    changed = {
        day: (is_working, name)
        for day, (is_working, name) in days.items()
        if day not in known or (known[day].is_working, known[day].name) != (is_working, name)
    }
    for day, (is_working, name) in changed.items():
        AmendedDay.objects.update_or_create(day=day, defaults={"is_working": is_working, "name": name})
    if changed:
        detail = {day.isoformat(): is_working for day, (is_working, _name) in changed.items()}
        audit.record(by, "calendar.day.amend", "kernel_calendar.amendedday", detail=detail)
        transaction.on_commit(_forget)
    return len(changed)


@transaction.atomic
def set_working_hours(spans: Sequence[tuple[time, time]], *, by: Actor) -> None:
    """Replace the working hours. Raises ProblemError CAL-102 when they overlap or are out of order."""
    flat = [moment for span in spans for moment in span]
    if not flat or any(later <= earlier for earlier, later in itertools.pairwise(flat)):
        written = ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans)
        raise ProblemError(
            Problem(
                HOURS, said("working hours {written}", written=written or "are empty"), Where(field="spans")
            )
        )
    WorkingSpan.objects.all().delete()
    WorkingSpan.objects.bulk_create(WorkingSpan(start=start, end=end) for start, end in spans)
    detail = {"spans": [f"{start:%H:%M}-{end:%H:%M}" for start, end in spans]}
    audit.record(by, "calendar.hours.set", "kernel_calendar.workingspan", detail=detail)
    transaction.on_commit(_forget)


def _forget() -> None:
    cache.delete(_CACHE_KEY)
