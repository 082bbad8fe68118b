"""Stages in order, with dates, reasons and the gate of approvals."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.plan.investment.models import StageChange
from beichen.plan.investment.service import (
    change_project,
    change_stage,
    missing_approvals,
    set_approval,
    set_element,
    stage_on_the_way,
)
from beichen.plan.investment.stages import BESIDE, WAY, WORDS, Stage, is_forward, passes_start, stage_of_word
from beichen.plan.investment.tests.city import BY, TODAY, approve, load_plan, project
from beichen.plan.models import Plan
from beichen.problem import ProblemError


@pytest.fixture
def plan(db: None) -> Plan:
    return load_plan()


def codes(error: pytest.ExceptionInfo[ProblemError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def test_a_project_goes_its_way(plan: Plan) -> None:
    row = project()
    approve(row)
    for month, stage in enumerate(WAY, 1):
        change_stage(row, stage, date(2024, month, 1), by=BY, today=TODAY, evidence="会议纪要")
    assert (row.stage, row.stage_on) == ("operating", date(2024, 6, 1))
    assert [change.before for change in StageChange.objects.order_by("id")] == ["", *WAY[:-1]]


def test_a_start_without_approvals_needs_a_reason_which_stays(plan: Plan) -> None:
    row = project()
    set_approval(row, "initiation", "granted", number="1", on=date(2024, 1, 2), by=BY, today=TODAY)
    set_approval(row, "energy", "not-needed", by=BY)
    change_stage(row, Stage.PREPARING, date(2024, 1, 1), by=BY, today=TODAY)
    with pytest.raises(ProblemError) as error:
        change_stage(row, Stage.STARTED, date(2024, 2, 1), by=BY, today=TODAY)
    assert codes(error) == {"PLN-605"}
    assert missing_approvals(row) == ["siting", "environment", "construction"]
    change = change_stage(row, Stage.STARTED, date(2024, 2, 1), by=BY, today=TODAY, reason="应急抢险工程")
    assert change.waived == ["siting", "environment", "construction"]


def test_leaps_and_steps_back_need_a_reason(plan: Plan) -> None:
    row = project()
    approve(row)
    change_stage(row, Stage.PLANNED, date(2024, 1, 1), by=BY, today=TODAY)
    for stage in (Stage.STARTED, Stage.PAUSED, Stage.ENDED):
        with pytest.raises(ProblemError) as error:
            change_stage(row, stage, date(2024, 2, 1), by=BY, today=TODAY)
        assert codes(error) == {"PLN-603"}
    change_stage(row, Stage.PREPARING, date(2024, 2, 1), by=BY, today=TODAY)
    with pytest.raises(ProblemError, match="PLN-603"):
        change_stage(row, Stage.PLANNED, date(2024, 2, 1), by=BY, today=TODAY)


def test_a_paused_project_goes_on_from_where_it_stood(plan: Plan) -> None:
    row = project()
    approve(row)
    change_stage(row, Stage.PREPARING, date(2024, 1, 1), by=BY, today=TODAY)
    change_stage(row, Stage.PAUSED, date(2024, 2, 1), by=BY, today=TODAY, reason="资金未落实")
    assert stage_on_the_way(row) == Stage.PREPARING
    change_stage(row, Stage.STARTED, date(2024, 3, 1), by=BY, today=TODAY)
    assert row.stage == Stage.STARTED


def test_days_stay_in_order_and_out_of_the_future(plan: Plan) -> None:
    row = project()
    change_stage(row, Stage.PLANNED, date(2024, 3, 1), by=BY, today=TODAY)
    for day in (date(2024, 2, 1), date(2024, 7, 1)):
        with pytest.raises(ProblemError) as error:
            change_stage(row, Stage.PREPARING, day, by=BY, today=TODAY)
        assert codes(error) == {"PLN-604"}
    assert StageChange.objects.count() == 1


def test_everything_wrong_is_told_at_once(plan: Plan) -> None:
    row = project()
    change_stage(row, Stage.PLANNED, date(2024, 3, 1), by=BY, today=TODAY)
    with pytest.raises(ProblemError) as error:
        change_stage(row, Stage.BUILDING, date(2025, 1, 1), by=BY, today=TODAY)
    assert codes(error) == {"PLN-603", "PLN-604", "PLN-605"}
    for stage in ("planned", "flying"):
        with pytest.raises(ProblemError, match="PLN-602"):
            change_stage(row, stage, date(2024, 3, 2), by=BY, today=TODAY)


def test_an_approval_has_number_and_day(plan: Plan) -> None:
    row = project()
    with pytest.raises(ProblemError, match="PLN-602"):
        set_approval(row, "siting", "granted", by=BY)
    with pytest.raises(ProblemError, match="PLN-602"):
        set_approval(row, "blessing", "granted", by=BY)
    with pytest.raises(ProblemError, match="PLN-604"):
        set_approval(row, "siting", "granted", number="1", on=date(2025, 1, 1), by=BY, today=TODAY)
    set_approval(row, "siting", "applied", by=BY)
    assert set_approval(row, "siting", "", by=BY) is None
    with pytest.raises(ProblemError, match="PLN-602"):
        set_element(row, "magic", "needed", by=BY)
    assert set_element(row, "power", "needed", by=BY, amount="2 MW") is not None
    assert set_element(row, "power", "", by=BY) is None
    assert row.changes.count() == 4


def test_land_without_need_has_no_area(plan: Plan) -> None:
    change_project(project(), {"land_state": "needed", "land_area": "2.5"}, by=BY)
    with pytest.raises(ProblemError, match="PLN-602"):
        change_project(project(), {"land_state": "none"}, by=BY)


@given(st.sampled_from(WAY), st.sampled_from(WAY))
def test_only_the_next_step_is_forward(before: Stage, after: Stage) -> None:
    assert is_forward(before, after) == (WAY.index(after) - WAY.index(before) == 1)


@given(st.sampled_from([*WAY, ""]), st.sampled_from(list(Stage)))
def test_the_gate_stands_once_on_the_way(before: str, after: Stage) -> None:
    order = {stage: number for number, stage in enumerate(WAY)}
    if after in BESIDE:
        assert not passes_start(before, after)
    else:
        assert passes_start(before, after) == (order[after] >= 2 and (not before or order[Stage(before)] < 2))


def test_every_stage_has_an_offices_word() -> None:
    assert {stage_of_word(word) for word in WORDS.values()} == set(Stage)
    assert stage_of_word("续建") == Stage.BUILDING
    assert stage_of_word("星") is None
