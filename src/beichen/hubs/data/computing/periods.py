"""The periods in which values are computed, as days of the city: day, week (ISO 8601), month, quarter, year.

A stretch of days is ``(first, last)``, both included.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from beichen.hubs.data.period import Period, read_period

Stretch = tuple[date, date]
ONE = timedelta(days=1)


class Unit(StrEnum):
    """How long a period is; the words of SQL's ``date_trunc`` and of SDMX."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


WORDS = tuple(unit.value for unit in Unit)
DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.QUARTER: 92, Unit.YEAR: 366}  # at most


@lru_cache(maxsize=16384)
def period_of(unit: Unit, day: date) -> Period:
    """The period of this length in which ``day`` lies."""
    if unit is Unit.YEAR:
        return read_period(f"{day.year:04}")
    if unit is Unit.QUARTER:
        return read_period(f"{day.year:04}-Q{(day.month + 2) // 3}")
    if unit is Unit.MONTH:
        return read_period(f"{day.year:04}-{day.month:02}")
    if unit is Unit.WEEK:
        year, week, _weekday = day.isocalendar()
        return read_period(f"{year:04}-W{week:02}")
    return read_period(day.isoformat())


def stretches(unit: Unit, days: Iterable[date]) -> list[Stretch]:
    """The whole periods in which ``days`` lie, those that touch each other joined, in order."""
    found: list[Stretch] = []
    for day in sorted(set(days)):
        if found and day <= found[-1][1]:
            continue
        period = period_of(unit, day)
        if found and period.starts == found[-1][1] + ONE:
            found[-1] = (found[-1][0], period.ends)
        else:
            found.append((period.starts, period.ends))
    return found
