"""The city's own days and hours, kept and audited."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from beichen.kernel.actor import system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.calendar import service
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("test")
START = datetime(2025, 9, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_deadline_by_the_clock_and_by_working_hours() -> None:
    assert service.deadline(START, timedelta(hours=30)) == START + timedelta(hours=30)
    assert (
        service.deadline(START, timedelta(hours=8), working=True).isoformat() == "2025-09-25T10:00:00+08:00"
    )
    assert service.deadline(START, timedelta(days=2), working=True).isoformat() == "2025-09-26T17:00:00+08:00"


def test_amending_a_day_moves_deadlines_and_is_recorded_once() -> None:
    free = {date(2025, 9, 25): (False, "Marathon")}
    assert service.amend_days(free, by=BY) == 1
    assert service.amend_days(free, by=BY) == 0
    assert not service.is_working_day(date(2025, 9, 25))
    assert service.deadline(START, timedelta(days=1), working=True).date() == date(2025, 9, 26)
    assert (
        AuditRecord.objects.filter(action="calendar.day.amend").order_by("-sequence")[0].actor
        == "system:test"
    )


def test_working_hours_can_be_set() -> None:
    service.set_working_hours([(time(9), time(12))], by=BY)
    assert (
        service.deadline(START, timedelta(hours=4), working=True).isoformat() == "2025-09-25T10:00:00+08:00"
    )
    assert service.working_time_between(START, START + timedelta(days=1)) == timedelta(hours=3)


@pytest.mark.parametrize(
    "spans", [[], [(time(12), time(9))], [(time(9), time(12)), (time(11), time(13))]], ids=str
)
def test_hours_that_overlap_are_refused(spans: list[tuple[time, time]]) -> None:
    with pytest.raises(ProblemError, match="CAL-102"):
        service.set_working_hours(spans, by=BY)


def test_what_cannot_be_counted_from_is_refused() -> None:
    with pytest.raises(ProblemError, match="CAL-101"):
        service.deadline(datetime(2025, 1, 1), timedelta(hours=1))
    with pytest.raises(ProblemError, match="CAL-103"):
        service.deadline(START, -timedelta(hours=1))


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    service._forget()
