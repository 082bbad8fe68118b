"""Money: lines, years, months and quarters; and the government investment plan of a year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.plan.investment.models import FundLine, InvestmentPlan, PlanLine
from beichen.plan.investment.moments import in_order, months_of, read_moment, read_span
from beichen.plan.investment.service import (
    Gap,
    add_project,
    adopt_investment_plan,
    adopted_plan,
    allot,
    change_project,
    draft_investment_plan,
    investment_plan,
    investment_summary,
    investments,
    plan_findings,
    record_done,
    set_budget,
    set_funds,
    set_plan_line,
    set_year,
    standings_of,
)
from beichen.plan.investment.tests.city import BY, TODAY, load_plan, project
from beichen.plan.models import Plan
from beichen.problem import ProblemError


@pytest.fixture
def plan(db: None) -> Plan:
    return load_plan()


def codes(error: pytest.ExceptionInfo[ProblemError]) -> list[str]:
    return sorted(problem.code for problem in error.value.problems)


def test_lines_are_exact_and_compared_with_the_total(plan: Plan) -> None:
    change_project(project(), {"total": "100"}, by=BY)
    row = project()
    told = set_funds(row, {"city": ("60.0001", "10"), "loans": ("", "")}, by=BY)
    assert told == {"city": [[None, None], ["60.0001", "10"]], "loans": [[None, None], [None, None]]}
    assert set_funds(row, {"city": ("60.0001", "10"), "loans": ("", "")}, by=BY) == {}
    assert set_funds(row, {"city": ("60.0001", "10")}, by=BY) == {"loans": [[None, None], None]}
    with pytest.raises(ProblemError) as error:
        set_funds(row, {"city": ("60", "61"), "bonds": ("50", None)}, by=BY)
    assert codes(error) == ["PLN-606", "PLN-606"]
    assert FundLine.objects.get().planned == Decimal("60.0001")


@pytest.mark.parametrize("amount", ["-1", "x", "0.00001", "1e30", "nan"])
def test_what_is_no_amount_is_refused(plan: Plan, amount: str) -> None:
    with pytest.raises(ProblemError, match="PLN-602"):
        set_year(project(), 2024, planned=amount, by=BY)


def test_a_year_is_the_sum_of_its_parts(plan: Plan) -> None:
    row = project()
    set_year(row, 2024, planned="50", by=BY)
    record_done(row, "2024-Q1", "10", by=BY)
    assert record_done(row, "2024-04", "2.5", by=BY).done == Decimal("12.5")
    with pytest.raises(ProblemError, match="PLN-607"):
        record_done(row, "2024-03", "1", by=BY)
    with pytest.raises(ProblemError, match="PLN-606"):
        set_year(row, 2024, done="13", by=BY)
    for period in ("2024", "2024-13", "soon"):
        with pytest.raises(ProblemError, match="PLN-602"):
            record_done(row, period, "1", by=BY)
    record_done(row, "2024-Q1", None, by=BY)
    line = record_done(row, "2024-04", None, by=BY)
    assert (line.planned, line.done) == (Decimal(50), None)


def test_gaps_tell_shortage_from_silence(plan: Plan) -> None:
    change_project(project(), {"total": "100"}, by=BY)
    set_funds(project(), {"city": ("40", None)}, by=BY)
    first, second = standings_of(investments(plan), 2024)
    assert first.shortages == (Gap.MONEY,)
    assert Gap.NO_LAND in first.gaps
    assert second.shortages == ()
    assert Gap.NO_MONEY in second.gaps


def test_money_of_a_site_is_not_counted_twice(plan: Plan) -> None:
    change_project(project(), {"total": "100"}, by=BY)
    add_project(plan, "东门", by=BY, parent=project(), values={"total": "30"})
    add_project(plan, "桥头", by=BY, parent=project("p2"), values={"total": "7"})
    summary = investment_summary(plan, 2024)
    assert summary.whole.projects == 4
    assert (summary.whole.total.amount, summary.whole.total.projects) == (Decimal(107), 2)


def test_a_summary_takes_five_queries(plan: Plan, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        investment_summary(plan, 2024, region="/990100/")


def draft(plan: Plan) -> InvestmentPlan:
    row = draft_investment_plan(plan, 2024, by=BY)
    set_budget(row, "city", "100", by=BY)
    set_plan_line(row, project("p1"), "city", "60", by=BY)
    set_plan_line(row, project("p2"), "city", "30", by=BY)
    return row


def test_an_investment_plan_is_drafted_adopted_and_replaced(plan: Plan) -> None:
    row = draft(plan)
    assert draft_investment_plan(plan, 2024, by=BY) == row
    adopt_investment_plan(row, "星发改〔2024〕1号", date(2024, 2, 1), by=BY, today=TODAY)
    assert adopted_plan(plan, 2024) == row
    with pytest.raises(ProblemError, match="PLN-609"):
        set_plan_line(row, project("p1"), "city", "1", by=BY)
    second = draft_investment_plan(plan, 2024, by=BY)
    assert (second.version, second.lines.count(), second.budgets.count()) == (2, 2, 1)
    assert set_plan_line(second, project("p2"), "city", None, by=BY) is None
    set_budget(second, "city", None, by=BY)
    with pytest.raises(ProblemError) as error:
        adopt_investment_plan(second, "", date(2025, 1, 1), by=BY, today=TODAY)
    assert codes(error) == ["PLN-602", "PLN-603", "PLN-604"]
    adopt_investment_plan(second, "2号", date(2024, 6, 1), by=BY, today=TODAY, reason="年中调整")
    row.refresh_from_db()
    assert row.state == "replaced"
    assert investment_plan(plan, 2024, 1).lines.count() == 2


def test_what_contradicts_budget_or_project_is_not_adopted(plan: Plan) -> None:
    row = draft(plan)
    set_plan_line(row, project("p2"), "city", "50", by=BY)
    set_year(project("p1"), 2024, planned="55", by=BY)
    set_funds(project("p2"), {"city": ("45", None)}, by=BY)
    assert sorted(problem.code for problem in plan_findings(row)) == ["PLN-610", "PLN-611", "PLN-611"]
    with pytest.raises(ProblemError, match="PLN-610"):
        adopt_investment_plan(row, "1号", date(2024, 2, 1), by=BY, today=TODAY)
    assert adopted_plan(plan, 2024) is None


def test_money_is_allotted_on_an_adopted_plan_up_to_its_line(plan: Plan) -> None:
    row = draft(plan)
    line = PlanLine.objects.get(of=row, investment__key="p1")
    with pytest.raises(ProblemError, match="PLN-609"):
        allot(line, "10", by=BY)
    adopt_investment_plan(row, "1号", date(2024, 2, 1), by=BY, today=TODAY)
    line = PlanLine.objects.select_related("of__plan", "investment").get(pk=line.pk)
    allot(line, "10", by=BY)
    with pytest.raises(ProblemError, match="PLN-606"):
        allot(line, "61", by=BY)
    assert PlanLine.objects.get(pk=line.pk).allotted == 10


def test_a_year_without_a_plan_says_so(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="PLN-612"):
        investment_plan(plan, 2024)
    with pytest.raises(ProblemError, match="PLN-602"):
        draft_investment_plan(plan, 2031, by=BY)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2021-2025", ("2021", "2025")),
        ("2021年-2025年", ("2021", "2025")),
        ("2021.3—2024.12", ("2021-03", "2024-12")),
        ("2021年3月至2024年12月", ("2021-03", "2024-12")),
        ("2021-03~2024-12", ("2021-03", "2024-12")),
        ("2022", ("2022", "2022")),
        ("2022/5", ("2022-05", "2022-05")),
        ("十四五", None),
        ("2021-13", None),
    ],
)
def test_spans_as_offices_write_them(text: str, span: tuple[str, str] | None) -> None:
    assert read_span(text) == span


moments = st.builds(
    lambda year, month: f"{year}-{month:02}" if month else str(year),
    st.integers(1950, 2100),
    st.integers(0, 12),
)


@given(moments, moments)
def test_every_written_span_is_read(first: str, last: str) -> None:
    assert read_moment(first) == first
    assert read_span(f"{first}至{last}") == (first, last)
    assert in_order(first, last) or in_order(last, first)


def test_quarters_hold_their_months() -> None:
    assert months_of("2024-Q2") == frozenset({4, 5, 6})
    assert months_of("2024-12") == frozenset({12})
    assert months_of("2024") is None
