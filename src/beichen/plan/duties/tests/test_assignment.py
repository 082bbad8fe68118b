"""Assigning duties: all of a batch or none, every mistake told, every change in the trail."""

from __future__ import annotations

from datetime import date

import pytest

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.org.models import Body
from beichen.plan.duties import codes
from beichen.plan.duties.models import Duty, Milestone
from beichen.plan.duties.service import (
    Assignment,
    add_milestone,
    assign_duties,
    duties_by_number,
    duties_of,
    duty_by_number,
    finish_milestone,
    progress_of,
    take_back,
    totals_of,
)
from beichen.plan.duties.tests.conftest import BY, Appoint, at
from beichen.plan.models import Plan
from beichen.problem import ProblemError


def found(error: ProblemError) -> set[str]:
    return {problem.code for problem in error.problems}


def test_a_batch_with_mistakes_changes_nothing(plan: Plan, park: Duty) -> None:
    gone = Body.objects.create(key="old", name="旧局", path="/old/", is_current=False)
    wanted = [
        Assignment(park, Body.objects.get(key="roads")),
        Assignment(Duty.objects.get(key="p2"), gone, deadline=date(2099, 1, 1)),
    ]
    with pytest.raises(ProblemError) as refused:
        assign_duties(plan, wanted, reason=" ", by=BY)
    assert found(refused.value) == {codes.NO_BODY, codes.DEADLINE, codes.NO_REASON}
    park.refresh_from_db()
    assert park.lead == Body.objects.get(key="gardens")
    with pytest.raises(ProblemError, match="PLN-304"):
        assign_duties(plan, [], reason="x", by=BY)


def test_an_assignment_leaves_its_trail_and_says_only_what_changed(plan: Plan, park: Duty) -> None:
    before = AuditRecord.objects.count(), OutboxEvent.objects.count()
    same = Assignment(park, park.lead, deadline=date(2025, 6, 30))
    assert assign_duties(plan, [same], reason="x", by=BY) == []
    assert (AuditRecord.objects.count(), OutboxEvent.objects.count()) == before
    roads = Body.objects.get(key="roads")
    assign_duties(plan, [Assignment(park, None, [roads])], reason="配合", by=BY)
    step = park.steps.first()
    assert step is not None
    assert step.detail == {"supporting": ["roads"]}
    assert (AuditRecord.objects.count(), OutboxEvent.objects.count()) == (before[0] + 1, before[1] + 1)
    assert list(duties_of(plan, body=roads)) == [park]


def test_duties_of_a_year_are_those_with_a_deadline_or_milestone_in_it(plan: Plan, park: Duty) -> None:
    assert list(duties_of(plan, year=2025)) == [park]
    assert not duties_of(plan, year=2023)
    add_milestone(park, "开工", date(2023, 5, 1), by=BY)
    assert list(duties_of(plan, year=2023)) == [park]


def test_counts_tell_in_time_late_overdue_and_unassigned(plan: Plan, park: Duty) -> None:
    totals = totals_of(progress_of(plan, today=date(2025, 7, 1)))
    assert (totals.duties, totals.unassigned, totals.overdue) == (3, 2, 1)
    Duty.objects.filter(pk=park.pk).update(done_on=date(2025, 6, 30), state="done")
    gardens = progress_of(plan, today=date(2025, 7, 1))[1]
    assert (gardens.duties, gardens.done, gardens.in_time, gardens.late, gardens.overdue) == (1, 1, 1, 0, 0)
    Duty.objects.filter(pk=park.pk).update(done_on=date(2025, 7, 1))
    assert progress_of(plan, today=date(2025, 7, 2))[1].late == 1


def test_a_duty_that_is_none_is_said_to_be_none(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="PLN-301"):
        duty_by_number(plan, 10**9)
    with pytest.raises(ProblemError, match="PLN-301"):
        duties_by_number(plan, [10**9])


def test_taking_back_keeps_what_was_reached(plan: Plan, park: Duty) -> None:
    add_milestone(park, "开工", date(2023, 5, 1), by=BY)
    assert take_back(plan, [park], reason="机构改革", by=BY) == [park]
    park.refresh_from_db()
    assert park.lead is None
    assert park.deadline == date(2025, 6, 30)
    assert Milestone.objects.count() == 1


@pytest.mark.parametrize(
    ("title", "due"), [(" ", date(2024, 1, 1)), ("开工", date(2025, 7, 1)), ("开工", date(1990, 1, 1))]
)
def test_milestones_without_sense_are_refused(park: Duty, title: str, due: date) -> None:
    with pytest.raises(ProblemError, match=codes.MILESTONE):
        add_milestone(park, title, due, by=BY)
    assert not Milestone.objects.exists()


def test_a_milestone_is_done_once_with_evidence_and_not_in_the_future(park: Duty, actor: Appoint) -> None:
    gardener, roadman = actor("officer", "gardens"), actor("officer", "roads")
    row = add_milestone(park, "开工", date(2023, 5, 1), by=gardener)
    with pytest.raises(ProblemError, match="ACC-403"):
        finish_milestone(row, date(2023, 4, 1), by=roadman, note="x")
    for day, note in ((date(2023, 4, 1), ""), (date(2023, 6, 1), "x")):
        with pytest.raises(ProblemError, match=codes.MILESTONE):
            finish_milestone(row, day, by=gardener, note=note, now=at(2023, 5, 2))
    finish_milestone(row, date(2023, 4, 1), by=gardener, note="施工许可证", now=at(2023, 5, 2))
    with pytest.raises(ProblemError, match=codes.MILESTONE):
        finish_milestone(row, date(2023, 4, 1), by=gardener, note="x", now=at(2023, 5, 2))
