"""Working time as arithmetic: known days, and what must hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.calendar.festivals import LUNAR, festivals
from beichen.kernel.calendar.working import STATUTORY_YEARS, WorkingTime

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
    assert PLAIN.is_working_day(date(2040, 1, 3))
    assert not PLAIN.is_working_day(date(2040, 1, 7)), "a Saturday"
    assert not PLAIN.is_known(date(2040, 1, 3))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2029, "01-01 02-12 02-13 02-14 02-15 04-04 05-01 05-02 06-16 09-22 10-01 10-02 10-03"),
        (2030, "01-01 02-02 02-03 02-04 02-05 04-05 05-01 05-02 06-05 09-12 10-01 10-02 10-03"),
        (2025, "01-01 01-28 01-29 01-30 01-31 04-04 05-01 05-02 05-31 10-01 10-02 10-03 10-06"),
        (2101, "01-01 05-01 05-02 10-01 10-02 10-03"),
        (2040, "01-01 04-04 05-01 05-02 10-01 10-02 10-03"),
    ],
)
def test_the_law_frees_days_before_a_notice_does(year: int, days: str) -> None:
    """Also those on a weekend; of years beyond the table, those by the sun."""
    assert sorted(f"{day:%m-%d}" for day in festivals(year)) == days.split()
    assert not any(PLAIN.is_working_day(day) for day in festivals(year))


def test_the_law_frees_no_day_that_notices_have_worked() -> None:
    """The table of moons agrees with the notices, which know them too, and goes on from where they end."""
    both = [year for year in LUNAR if year in STATUTORY_YEARS]
    assert both
    for year in both:
        assert not any(PLAIN.is_working_day(day) for day in festivals(year)), year
    assert set(range(STATUTORY_YEARS[-1] + 1, max(LUNAR) + 1)) <= set(LUNAR)


def test_a_promise_passes_over_the_spring_festival_of_a_year_without_a_notice() -> None:
    assert PLAIN.add_days(at("2030-02-01T09:00"), 1) == at("2030-02-06T17:00")


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
