"""When the entries of a timetable are due: pure but for the calendar of working days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from beichen.kernel.calendar.service import is_working_day
from beichen.platforms.iot.timetables.declaration import WORKDAYS, Entry
from beichen.platforms.iot.timetables.sun import Place, sun_at

AHEAD = 20  # days: the longest holiday with its working weekends is shorter
BEHIND = 30  # days of an outage after which the past is looked at


def on_day(entry: Entry, day: date, place: Place) -> datetime | None:
    """When the entry is due on the city's ``day``, in its zone; None where it is not."""
    zone = ZoneInfo(settings.TIME_ZONE)
    if entry.days and is_working_day(day) != (entry.days == WORKDAYS):
        return None
    if entry.clock is not None:
        return datetime.combine(day, entry.clock, zone)
    moment = sun_at(entry.sun, day, place, zone)
    return moment + entry.aside if moment is not None else None


def _moments(
    entries: Sequence[Entry], first: date, days: int, place: Place
) -> Iterator[tuple[datetime, int, Entry]]:
    """All that is due on these days, in the order of time, then of the timetable."""
    for number in range(days):
        day = first + timedelta(days=number)
        due = [
            (moment, place_in, entry)
            for place_in, entry in enumerate(entries)
            if (moment := on_day(entry, day, place)) is not None
        ]
        yield from due


def next_due(entries: Sequence[Entry], after: datetime, place: Place) -> datetime | None:
    """The first moment later than ``after``; None where nothing comes within three weeks."""
    day = after.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)
    # What the sun moves past midnight belongs to the day before: two days are looked at together.
    for number in range(AHEAD):
        found = [
            moment
            for moment, _place, _entry in _moments(entries, day + timedelta(days=number), 2, place)
            if moment > after
        ]
        if found:
            return min(found)
    return None


def due_between(
    entries: Sequence[Entry], first: datetime, last: datetime, place: Place
) -> dict[str, tuple[datetime, Entry]]:
    """The newest entry of each command that was due from ``first`` to ``last``, both of them included.

    What came before it was overtaken: a house that stood still all night says in the morning what holds
    in the morning.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    begins = max(first, last - timedelta(days=BEHIND)).astimezone(zone).date() - timedelta(days=1)
    days = (last.astimezone(zone).date() - begins).days + 2
    found: dict[str, tuple[datetime, Entry]] = {}
    for moment, _place, entry in sorted(
        _moments(entries, begins, days, place), key=lambda one: (one[0], one[1])
    ):
        if first <= moment <= last:
            found[entry.order] = (moment, entry)
    return found
