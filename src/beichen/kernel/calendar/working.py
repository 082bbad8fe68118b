"""The arithmetic of working time: pure, without a database, in the city's own time zone.

A :class:`WorkingTime` knows which days are worked and at which hours. Instants are aware datetimes;
results are in the city's zone. The statutory days are those of the State Council's yearly notices
(国务院办公厅关于部分节假日安排的通知), with the working weekends that they order; of years without a notice
yet, those of the law (:mod:`beichen.kernel.calendar.festivals`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

from beichen.kernel.calendar.festivals import festivals

STATUTORY_YEARS = range(
    min(chinese_calendar.holidays).year,
    max(chinese_calendar.holidays).year + 1,
)
SPANS: tuple[tuple[time, time], ...] = ((time(8, 30), time(11, 30)), (time(13, 0), time(17, 0)))
HORIZON = timedelta(days=366 * 20)
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=366 * 10)
def _is_statutory(day: date) -> bool:
    """Whether a notice has the day worked; asked of the same days by every row of a list."""
    return bool(chinese_calendar.is_workday(day))


@dataclass(frozen=True)
class WorkingTime:
    """Working days and hours. ``spans`` are in order and do not overlap; ``amendments`` win."""

    zone: ZoneInfo
    spans: Sequence[tuple[time, time]] = SPANS
    amendments: Mapping[date, bool] = field(default_factory=dict)

    def is_known(self, day: date) -> bool:
        """Whether a notice or an amendment decides the day; else one that comes later may change it."""
        return day in self.amendments or day.year in STATUTORY_YEARS

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on ``day``; years without a notice yet go by the weekday and the law."""
        if day in self.amendments:
            return self.amendments[day]
        if day.year in STATUTORY_YEARS:
            return _is_statutory(day)
        return day.weekday() < 5 and day not in festivals(day.year)

    def spans_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working spans that end after ``instant``, in order, the first one cut to begin there.

        Raises OverflowError when nothing is worked for twenty years: amendments that free every day.
        """
        local = instant.astimezone(self.zone)
        day = local.date()
        while day - local.date() < HORIZON:
            if self.is_working_day(day):
                for first, last in self.spans:
                    start = datetime.combine(day, first, self.zone)
                    end = datetime.combine(day, last, self.zone)
                    if end > local:
                        yield max(start, local), end
            day += timedelta(days=1)
        raise OverflowError("no working time within twenty years")

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The instant at which ``duration`` of working time has passed since ``start``.

        Zero gives the first working instant at or after ``start``.
        """
        left = duration
        for first, last in self.spans_from(start):
            if first + left <= last:
                return first + left
            left -= last - first
        raise OverflowError("no working time")  # pragma: no cover - spans_from never ends

    def add_days(self, start: datetime, days: int) -> datetime:
        """The end of work on the ``days``-th working day after ``start``'s day (第 n 个工作日).

        The day of ``start`` does not count (Civil Code of the PRC, article 201).
        """
        day = start.astimezone(self.zone).date()
        left = days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working_day(day)
        return datetime.combine(day, self.spans[-1][1], self.zone)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from ``start`` to ``end``; zero when ``end`` is not later."""
        if end <= start:
            return timedelta()
        begun, ended = start.astimezone(self.zone), end.astimezone(self.zone)
        first, last = begun.date(), ended.date()
        if first == last:
            return self._within(first, begun, ended)
        total = self._within(first, begun, datetime.combine(last, time(), self.zone))
        whole = sum(self.is_working_day(first + ONE_DAY * number) for number in range(1, (last - first).days))
        return total + whole * self.length + self._within(last, begun, ended)

    def _within(self, day: date, start: datetime, end: datetime) -> timedelta:
        """The working time of one day from ``start`` to ``end``, both in the city's zone."""
        total = timedelta()
        if self.is_working_day(day):
            for first, last in self.spans:
                opens, closes = (datetime.combine(day, one, self.zone) for one in (first, last))
                total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    @property
    def length(self) -> timedelta:
        """The working time of a whole day."""
        return sum(
            (
                datetime.combine(date.min, last) - datetime.combine(date.min, first)
                for first, last in self.spans
            ),
            timedelta(),
        )
