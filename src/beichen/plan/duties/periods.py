"""Reporting periods and their days: pure but for the working calendar that is handed in."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from beichen.plan.duties.words import Length

_PERIOD = re.compile(r"(?P<year>\d{4})-(?P<letter>[SQ])(?P<number>[1-4])\Z")
_LETTERS = {"S": (Length.HALF, 6), "Q": (Length.QUARTER, 3)}
IsWorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A half-year or quarter as SDMX writes it, with its first and last day."""

    text: str
    length: Length
    starts: date
    ends: date


def parse_period(text: str) -> ReportingPeriod | None:
    """The period that ``text`` names (``2024-S1``, ``2024-Q3``), or None."""
    found = _PERIOD.match(text)
    if found is None:
        return None
    length, months = _LETTERS[found["letter"]]
    year, last = int(found["year"]), int(found["number"]) * months
    if last > 12 or year < 1:
        return None
    starts = date(year, last - months + 1, 1)
    return ReportingPeriod(text, length, starts, date(year, last, monthrange(year, last)[1]))


def periods_of(first_year: int, last_year: int, length: Length) -> list[ReportingPeriod]:
    """All periods of the years, in order."""
    letter, count = ("S", 2) if length == Length.HALF else ("Q", 4)
    texts = [
        f"{year}-{letter}{number}"
        for year in range(first_year, last_year + 1)
        for number in range(1, count + 1)
    ]
    return [period for text in texts if (period := parse_period(text)) is not None]


def working_day_after(day: date, number: int, is_working: IsWorkingDay) -> date:
    """The ``number``-th working day after ``day``, which itself does not count."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working(day)
    return day


def working_days_until(today: date, due: date, is_working: IsWorkingDay) -> int:
    """How many working days are left after ``today`` up to and with ``due``; negative: how many are past."""
    first, last = sorted((today, due))
    days = (last - first).days
    count = sum(is_working(first + timedelta(days=number)) for number in range(1, days + 1))
    return count if due >= today else -count
