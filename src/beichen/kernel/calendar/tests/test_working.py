"""Working time as arithmetic: known days, and what must hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.calendar.working import WorkingTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = WorkingTime(SHANGHAI)

instants = st.datetimes(datetime(2021, 1, 1), datetime(2025, 12, 31), timezones=st.just(SHANGHAI))
durations = st.timedeltas(timedelta(), timedelta(hours=200))
calendars = st.builds(
    WorkingTime,
    st.just(SHANGHAI),
    amendments=st.dictionaries(st.dates(date(2021, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=20),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 10, 1), False),  # National Day
        (date(2025, 9, 28), True),  # a Sunday that the notice orders to be worked
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # a Saturday, likewise
        (date(2024, 2, 12), False),  # Spring Festival, a Monday
    ],
)
def test_statutory_days(day: date, works: bool) -> None:
    assert PLAIN.is_working_day(day) is works
    assert PLAIN.is_known(day)


def test_years_without_a_notice_go_by_the_weekday_and_say_so() -> None:
    assert PLAIN.is_working_day(date(2040, 1, 2))
    assert not PLAIN.is_working_day(date(2040, 1, 1))
    assert not PLAIN.is_known(date(2040, 1, 2))


def test_an_amendment_wins_over_the_notice() -> None:
    amended = WorkingTime(SHANGHAI, amendments={date(2025, 10, 1): True})
    assert amended.is_working_day(date(2025, 10, 1))


def test_hours_run_over_lunch_night_and_holiday() -> None:
    assert PLAIN.add(at("2025-09-24T11:00"), timedelta(hours=1)) == at("2025-09-24T13:30")
    assert PLAIN.add(at("2025-09-30T16:30"), timedelta(hours=1)) == at("2025-10-09T09:00")


def test_days_do_not_count_the_first() -> None:
    assert PLAIN.add_days(at("2025-09-29T09:00"), 1) == at("2025-09-30T17:00")
    assert PLAIN.add_days(at("2025-09-30T09:00"), 1) == at("2025-10-09T17:00")


def test_other_zones_are_the_same_instant() -> None:
    start = datetime(2025, 9, 24, 3, 0, tzinfo=UTC)  # 11:00 in Shanghai
    assert PLAIN.add(start, timedelta(hours=1)) == at("2025-09-24T13:30")


@given(calendars, instants, durations)
def test_a_deadline_lies_in_working_hours(
    calendar: WorkingTime, start: datetime, duration: timedelta
) -> None:
    end = calendar.add(start, duration)
    assert calendar.is_working_day(end.date())
    assert any(first <= end.time() <= last for first, last in calendar.spans)


@given(calendars, instants, durations, durations)
def test_adding_twice_is_adding_the_sum(
    calendar: WorkingTime, start: datetime, first: timedelta, second: timedelta
) -> None:
    assert calendar.between(start, calendar.add(start, first + second)) == first + second
    twice = calendar.add(calendar.add(start, first), second)
    assert calendar.between(start, twice) == first + second


@given(calendars, instants, instants)
def test_time_between_is_that_of_its_spans(calendar: WorkingTime, start: datetime, end: datetime) -> None:
    total = timedelta()
    for first, last in calendar.spans_from(start):
        if first >= end:
            break
        total += min(last, end) - first
    assert calendar.between(start, end) == total
    assert calendar.between(start.astimezone(UTC), end.astimezone(UTC)) == total


@given(instants, instants, durations)
def test_later_start_later_end(one: datetime, other: datetime, duration: timedelta) -> None:
    early, late = sorted([one, other])
    assert PLAIN.add(early, duration) <= PLAIN.add(late, duration)


def test_a_calendar_without_work_is_refused_not_searched_for_ever() -> None:
    never = WorkingTime(SHANGHAI, spans=((time(8), time(9)),), amendments=_all_free())
    with pytest.raises(OverflowError):
        never.add(at("2021-01-01T00:00"), timedelta(hours=1))


def _all_free() -> dict[date, bool]:
    first = date(2021, 1, 1)
    return {first + timedelta(days=n): False for n in range(366 * 21)}
