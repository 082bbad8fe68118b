"""When a window is open, and the slots of a day: hours of the week on the days that the city works.

A working Saturday or Sunday (调休) has the hours of Monday, unless the window declares its own for that day;
a statutory day off within the week has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from beichen.fronts.services.items.declaration import Window
from beichen.fronts.services.items.schema import DAYS
from beichen.kernel.calendar import service as calendar

WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time at a window, and how many of its places are taken."""

    starts: datetime
    ends: datetime
    capacity: int
    taken: int = 0

    @property
    def free(self) -> int:
        """How many places are left."""
        return max(0, self.capacity - self.taken)


def spans_on(window: Window, day: date) -> list[tuple[time, time]]:
    """From when until when it is open on a day, in order; nothing when it is closed."""
    is_working = calendar.is_working_day(day)
    named = DAYS[day.weekday()]
    own = [hours.span for hours in window.hours if named in hours.days]
    if day.weekday() < WEEKEND:
        return sorted(own) if is_working else []
    if own:
        return sorted(own)
    return sorted(hours.span for hours in window.hours if "mon" in hours.days) if is_working else []


def slots_of(window: Window, day: date) -> list[Slot]:
    """The slots of a day, in order; what is left of an hour and holds no whole slot is none."""
    zone = timezone.get_current_timezone()
    found = []
    for opens, closes in spans_on(window, day):
        start = datetime.combine(day, opens, zone)
        end = datetime.combine(day, closes, zone)
        while start + window.step <= end:
            found.append(Slot(start, start + window.step, window.capacity))
            start += window.step
    return found


def is_open(window: Window, moment: datetime) -> bool:
    """Whether somebody is served there at this moment."""
    local = timezone.localtime(moment)
    return any(opens <= local.time() < closes for opens, closes in spans_on(window, local.date()))
