"""Clocks beside a brute force that walks minute by minute, over holidays, nights and amended days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.hubs.events.case import clock as clocks
from beichen.hubs.events.case.clock import ALERTS, Clock
from beichen.hubs.events.tests.city import ZONE
from beichen.kernel.calendar import service as calendar
from beichen.kernel.calendar.working import SPANS, WorkingTime

MINUTE = timedelta(minutes=1)
# A week with a free Monday and a worked Saturday, around the holiday of October.
AMENDED = {date(2025, 9, 22): False, date(2025, 9, 27): True}
starts = st.datetimes(datetime(2025, 9, 18), datetime(2025, 10, 12)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=ZONE)
)
limits = st.integers(1, 40 * 60).map(lambda minutes: timedelta(minutes=minutes))


@pytest.fixture(autouse=True)
def amended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's working time."""
    working = WorkingTime(ZONE, SPANS, AMENDED)
    monkeypatch.setattr(calendar, "working_time", lambda: working)


def is_worked(moment: datetime) -> bool:
    """Whether the minute that begins at ``moment`` is worked."""
    working = calendar.working_time()
    return working.is_working_day(moment.date()) and any(
        first <= moment.time() < last for first, last in working.spans
    )


def worked_minutes(start: datetime, end: datetime) -> int:
    """The minutes of work between, counted one by one."""
    found, moment = 0, start
    while moment < end:
        found += is_worked(moment)
        moment += MINUTE
    return found


@given(starts, limits)
@settings(max_examples=60, deadline=None)
def test_a_working_clock_counts_working_minutes(start: datetime, limit: timedelta) -> None:
    if limit.days:
        limit = timedelta(hours=limit.seconds // 3600 + 1)
    clock = clocks.start("handle", start, limit, is_working=True)
    assert worked_minutes(start, clock.due) == limit // MINUTE
    for share, instant in zip(ALERTS, clock.alerts, strict=True):
        expected = limit * share / 100
        assert abs(worked_minutes(start, instant) - expected / MINUTE) <= 1
        assert instant <= clock.due


@given(starts, limits, st.integers(0, 60 * 24 * 9))
@settings(max_examples=60, deadline=None)
def test_what_is_left_after_a_pause_is_what_was_left(start: datetime, limit: timedelta, passed: int) -> None:
    hours = timedelta(minutes=limit // MINUTE % 1439 + 1)
    for is_working in (True, False):
        clock = clocks.start("handle", start, hours, is_working=is_working)
        stopped = start + passed * MINUTE
        left = clock.left(stopped)
        again = clocks.resume("handle", stopped + timedelta(days=4), left, is_working=is_working)
        used = worked_minutes(start, stopped) * MINUTE if is_working else stopped - start
        assert left == hours - used
        rest = again.left(again.since)
        assert rest == max(left, timedelta())


@given(starts, limits, st.booleans(), st.lists(st.integers(0, 60 * 24 * 20), max_size=30))
@settings(max_examples=60, deadline=None)
def test_every_warning_is_given_once_however_often_the_clock_is_asked(
    start: datetime, limit: timedelta, is_working: bool, asked: list[int]
) -> None:
    clock = clocks.start("handle", start, limit, is_working=is_working)
    alerted, said = 0, []
    for passed in sorted(asked):
        now = start + passed * MINUTE
        due = clock.alert_after(alerted)
        share = clock.share_at(now, alerted)
        assert (due is not None and due <= now) == (share > alerted)
        if share > alerted:
            said.append(share)
            alerted = share
    assert said == sorted(set(said))


def test_a_day_of_work_ends_with_the_days_work() -> None:
    friday = datetime(2025, 9, 19, 15, 0, tzinfo=ZONE)
    clock = clocks.start("handle", friday, timedelta(days=1), is_working=True)
    assert clock.due == datetime(2025, 9, 23, 17, 0, tzinfo=ZONE)  # Monday is free by amendment


def test_more_time_is_counted_from_the_deadline() -> None:
    clock = clocks.start(
        "handle", datetime(2025, 9, 23, 9, 0, tzinfo=ZONE), timedelta(hours=4), is_working=True
    )
    longer: Clock = clocks.extend(clock, timedelta(hours=4))
    assert (longer.since, worked_minutes(longer.since, longer.due)) == (clock.since, 8 * 60)
