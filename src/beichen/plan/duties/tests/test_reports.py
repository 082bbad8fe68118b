"""Rounds by the working calendar, reports on their way, reminders once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Body
from beichen.plan.duties import codes
from beichen.plan.duties.jobs import remind_bodies
from beichen.plan.duties.models import Duty, Evidence, Reminder, Report, Round
from beichen.plan.duties.periods import (
    parse_period,
    periods_of,
    working_day_after,
    working_days_until,
)
from beichen.plan.duties.service import (
    Assignment,
    ReportFacts,
    Upload,
    accept_report,
    assign_duties,
    missing_in,
    next_periods,
    open_round,
    progress_of,
    remind,
    return_report,
    round_by_number,
    save_report,
    set_rule,
    submit_report,
    write_note,
)
from beichen.plan.duties.tests.conftest import BY, Appoint, at
from beichen.plan.duties.words import Length
from beichen.plan.models import Plan
from beichen.problem import ProblemError

SAID = ReportFacts("in-progress", 40, "完成地基施工")
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.fixture
def half(plan: Plan, park: Duty) -> Round:
    return open_round(plan, "2024-S1", by=BY, today=date(2024, 7, 5))


@PATIENT
@given(DAYS, st.integers(0, 40))
def test_working_days_counted_forward_are_counted_back(day: date, number: int) -> None:
    end = working_day_after(day, number, weekday)
    assert working_days_until(day, end, weekday) == number
    assert number == 0 or weekday(end)


@PATIENT
@given(st.integers(1000, 9998), st.sampled_from(Length))
def test_periods_cover_their_year_without_a_gap(year: int, length: Length) -> None:
    found = periods_of(year, year, length)
    assert found[0].starts == date(year, 1, 1)
    assert found[-1].ends == date(year, 12, 31)
    assert all(parse_period(one.text) == one for one in found)
    assert all((later.starts - earlier.ends).days == 1 for earlier, later in pairwise(found))


@pytest.mark.parametrize("text", ["2024", "2024-S3", "2024-Q5", "0000-S1", "2024-s1", "", "2024-Q0"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse_period(text) is None


def test_a_round_is_due_by_the_statutory_calendar(half: Round) -> None:
    assert half.opens == date(2024, 7, 1)
    assert half.due == date(2024, 7, 12)


@pytest.mark.parametrize("text", ["2024-S3", "2019-S1", "2024-S2"])
def test_rounds_of_no_period_or_one_to_come_are_refused(plan: Plan, text: str) -> None:
    with pytest.raises(ProblemError, match=codes.PERIOD):
        open_round(plan, text, by=BY, today=date(2024, 7, 5))
    assert not Round.objects.exists()


def test_the_rule_says_which_periods_come_and_when(plan: Plan, half: Round) -> None:
    assert open_round(plan, "2024-S1", by=BY) == half
    with pytest.raises(ProblemError, match=codes.PERIOD):
        set_rule(plan, Length.QUARTER, 5, 9, by=BY)
    set_rule(plan, Length.QUARTER, 5, 2, by=BY)
    texts = [one.text for one in next_periods(plan, date(2021, 7, 1))]
    assert texts == ["2021-Q2", "2021-Q1"]
    assert open_round(plan, "2024-Q3", by=BY, today=date(2024, 10, 20)).due == date(2024, 10, 12)


def test_a_report_goes_its_way_and_comes_back(plan: Plan, park: Duty, half: Round, actor: Appoint) -> None:
    gardener, planner = actor("officer", "gardens"), actor("planner", "government")
    now = at(2024, 7, 3)
    file = Upload("照片.pdf", BytesIO(b"%PDF-1.4 x"))
    row = save_report(park, half, SAID, files=[file], by=gardener, now=now)
    assert missing_in(half).count() == 1
    submit_report(row, by=gardener, now=now)
    assert missing_in(half).count() == 0
    with pytest.raises(ProblemError, match=codes.REPORT_STATUS):
        save_report(park, half, SAID, by=gardener, now=now)
    with pytest.raises(ProblemError, match=codes.NO_REASON):
        return_report(row, " ", by=planner)
    return_report(row, "缺少照片", by=planner)
    assert missing_in(half).count() == 1
    row = save_report(park, half, replace(SAID, percent=45), by=gardener, now=now)
    submit_report(row, by=gardener, now=now)
    accept_report(row, by=planner)
    with pytest.raises(ProblemError, match=codes.REPORT_STATUS):
        accept_report(row, by=planner)
    park.refresh_from_db()
    assert (park.state, park.percent) == ("in-progress", 45)
    assert Evidence.objects.get().file.name == "照片.pdf"
    verbs = list(park.steps.order_by("id").values_list("verb", flat=True))
    assert verbs == ["assigned", "report-submitted", "report-returned", "report-submitted", "report-accepted"]


def test_of_two_decisions_on_one_report_the_second_is_refused(park: Duty, half: Round) -> None:
    row = submit_report(save_report(park, half, SAID, by=BY), by=BY)
    stale = Report.objects.select_related("round", "body", "duty__plan__region").get(pk=row.pk)
    accept_report(row, by=BY)
    with pytest.raises(ProblemError, match=codes.REPORT_STATUS):
        return_report(stale, "缺少照片", by=BY)
    assert Report.objects.get().status == "accepted"


def test_only_the_lead_body_reports_and_only_planners_decide(park: Duty, half: Round, actor: Appoint) -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        save_report(park, half, SAID, by=actor("officer", "roads"))
    gardener = actor("officer", "gardens")
    row = submit_report(save_report(park, half, SAID, by=gardener), by=gardener)
    with pytest.raises(ProblemError, match="ACC-403"):
        accept_report(row, by=gardener)
    with pytest.raises(ProblemError, match="ACC-403"):
        return_report(row, "", by=gardener)


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (ReportFacts("in-progress", 40, " "), {"text"}),
        (ReportFacts("in-progress", 100, "完成地基施工"), {"percent"}),
        (ReportFacts("not-started", 5, "完成地基施工"), {"percent"}),
        (ReportFacts("stuck", 5, "完成地基施工"), {"problems"}),
        (ReportFacts("done", 90, "完成"), {"text", "percent", "done_on"}),
        (ReportFacts("done", 100, "全部完成了", done_on=date(2031, 1, 1)), {"done_on"}),
    ],
)
def test_what_is_handed_in_is_complete(park: Duty, half: Round, said: ReportFacts, fields: set[str]) -> None:
    row = save_report(park, half, said, by=BY, now=at(2024, 7, 3))
    with pytest.raises(ProblemError) as refused:
        submit_report(row, by=BY, now=at(2024, 7, 3))
    assert {problem.where.field for problem in refused.value.problems} == fields
    assert {problem.code for problem in refused.value.problems} == {codes.REPORT}
    assert Report.objects.get().status == "draft"


def test_a_draft_without_sense_and_a_bad_file_keep_nothing(park: Duty, half: Round) -> None:
    with pytest.raises(ProblemError, match=codes.REPORT) as refused:
        save_report(park, half, ReportFacts("finished", 120, "x"), by=BY)
    assert len(refused.value.problems) == 2
    file = Upload("run.exe", BytesIO(b"MZ"))
    with pytest.raises(ProblemError, match="FIL-101"):
        save_report(park, half, SAID, files=[file], by=BY)
    assert not Report.objects.exists()


def test_reports_that_are_not_owed_are_refused(plan: Plan, park: Duty, half: Round) -> None:
    other = Duty.objects.select_related("plan__region").get(key="p2")
    with pytest.raises(ProblemError, match=codes.NOT_OWED):
        save_report(other, half, SAID, by=BY)
    body = Body.objects.get(key="roads")
    assign_duties(plan, [Assignment(other, body)], reason="x", by=BY, now=at(2024, 8, 1))
    with pytest.raises(ProblemError, match=codes.NOT_OWED):
        save_report(other, half, SAID, by=BY)
    with pytest.raises(ProblemError, match=codes.NO_ROUND):
        save_report(park, half, SAID, by=BY, now=at(2024, 6, 1))
    with pytest.raises(ProblemError, match=codes.NO_ROUND):
        round_by_number(plan, 10**9)


def test_a_late_report_on_an_old_period_does_not_turn_the_duty_back(
    plan: Plan, park: Duty, half: Round
) -> None:
    second = open_round(plan, "2024-S2", by=BY, today=date(2025, 1, 20))
    for round_, percent in ((second, 80), (half, 30)):
        row = save_report(park, round_, replace(SAID, percent=percent), by=BY)
        accept_report(submit_report(row, by=BY), by=BY)
    park.refresh_from_db()
    assert park.percent == 80


def test_bodies_are_reminded_once_before_and_once_after(plan: Plan, park: Duty, half: Round) -> None:
    OutboxEvent.objects.all().delete()
    assert remind(plan, by=BY, today=date(2024, 7, 8)) == []
    assert [row.kind for row in remind(plan, by=BY, today=date(2024, 7, 9))] == ["due"]
    assert remind(plan, by=BY, today=date(2024, 7, 12)) == []
    assert [row.kind for row in remind(plan, by=BY, today=date(2024, 7, 13))] == ["overdue"]
    assert remind(plan, by=BY, today=date(2024, 7, 20)) == []
    assert Reminder.objects.count() == 2
    assert OutboxEvent.objects.filter(type="plan.report.due").count() == 2


def test_notes_without_an_answer_are_reminded_of_every_morning_once(plan: Plan, park: Duty) -> None:
    write_note(park, "进度", "为何滞后？", date(2024, 7, 12), by=BY, now=at(2024, 7, 1))
    remind_bodies.call()
    remind_bodies.call()
    row = Reminder.objects.get()
    assert (row.kind, row.note is not None) == ("overdue", True)


def test_missing_reports_are_counted(plan: Plan, park: Duty, half: Round) -> None:
    assert progress_of(plan, today=date(2024, 7, 20))[1].unreported == 1
    submit_report(save_report(park, half, SAID, by=BY), by=BY)
    assert progress_of(plan, today=date(2024, 7, 20))[1].unreported == 0
