"""Project lists applied to the register: previewed, whole or not at all, back and forth without a change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from beichen.kernel.org.models import Body, Region
from beichen.plan.investment.models import Change, Investment
from beichen.plan.investment.service import (
    add_project,
    apply_list,
    change_project,
    change_stage,
    investments,
    list_of,
    read_sheet,
    register_projects,
    set_funds,
    set_year,
    standings_of,
)
from beichen.plan.investment.tests.books import BRIDGE, PARK, book
from beichen.plan.investment.tests.city import BY, TODAY, load_plan, officer, project
from beichen.plan.models import Plan
from beichen.problem import ProblemError


@pytest.fixture
def plan(db: None) -> Plan:
    return load_plan()


def told(error: pytest.ExceptionInfo[ProblemError]) -> list[tuple[str, int | None, str]]:
    return [
        (problem.code, problem.where.row, (problem.where.field or "").partition(" ")[0])
        for problem in error.value.problems
    ]


def test_a_list_is_previewed_then_applied_once(plan: Plan) -> None:
    new = (3, "东湖隧道", "城投公司", "新建", "隧道", 9000, "", "2024-2026", 100, "", "", "市园林局")
    sheet = read_sheet(book([PARK, BRIDGE, new]))
    preview = apply_list(plan, sheet, by=BY, dry_run=True)
    assert preview.counts() == {"added": 1, "changed": 2, "unchanged": 0}
    assert not Change.objects.exists()
    assert apply_list(plan, sheet, by=BY, name="a.xlsx").counts() == preview.counts()
    park = project()
    assert (park.total, park.lead, park.starts) == (12000, Body.objects.get(key="parks"), "2021")
    assert project("p2").lead_name == "交通局"
    assert [row.name for row in investments(plan)] == ["星河公园工程", "北桥工程", "东湖隧道"]
    assert apply_list(plan, sheet, by=BY).counts() == {"added": 0, "changed": 0, "unchanged": 3}


def test_one_wrong_row_refuses_the_list(plan: Plan) -> None:
    greedy = list(BRIDGE)
    greedy[6] = "市财政9000"
    with pytest.raises(ProblemError) as error:
        apply_list(plan, read_sheet(book([PARK, greedy])), by=BY)
    assert told(error) == [("PLN-606", 5, "F")]
    assert not Change.objects.exists()


def test_a_total_may_fall_together_with_its_lines(plan: Plan) -> None:
    apply_list(plan, read_sheet(book([PARK])), by=BY)
    smaller = list(PARK)
    smaller[5], smaller[6] = 4000, "市财政4000"
    apply_list(plan, read_sheet(book([smaller])), by=BY)
    assert project().total == 4000
    with pytest.raises(ProblemError, match="PLN-606"):
        change_project(project(), {"total": 10}, by=BY)


def staged(*rows: tuple[Any, ...]) -> bytes:
    header = ("项目编码", "项目名称", "项目阶段", "阶段日期", "所在区县", "所属专栏")
    return book(rows, header=header, titles=())


def test_a_stage_has_a_day_and_passes_its_gate(plan: Plan) -> None:
    sheet = read_sheet(staged(("p1", "星河公园工程", "前期", "2024.3.1", "南星区", None)))
    apply_list(plan, sheet, by=BY, today=TODAY)
    assert (project().stage, project().stage_on) == ("preparing", date(2024, 3, 1))
    started = read_sheet(staged(("p1", "星河公园工程", "开工", "2024年4月1日", None, None)))
    (effect,) = apply_list(plan, started, by=BY, today=TODAY, dry_run=True).effects
    assert "construction" in effect.waived, "a start without approvals is told before it is applied"
    assert project().region == Region.objects.get(code="990102")
    for row, code in (
        (("p1", "星河公园工程", "开工", None, None, None), "PLN-604"),
        (("p1", "星河公园工程", "开工", date(2030, 1, 1), None, None), "PLN-604"),
        (("p1", "星河公园工程", None, None, "北极区", None), "PLN-625"),
        (("p1", "北桥工程", None, None, "南星区", None), "PLN-625"),
    ):
        with pytest.raises(ProblemError) as error:
            apply_list(plan, read_sheet(staged(row)), by=BY, today=TODAY)
        assert [problem.code for problem in error.value.problems] == [code]
        assert error.value.problems[0].where.row == 2


def test_a_name_that_stands_twice_needs_its_code_or_box(plan: Plan) -> None:
    twin = add_project(plan, "北桥工程", by=BY)
    row = (None, "北桥工程", None, None, "南星区", None)
    with pytest.raises(ProblemError, match="PLN-628"):
        apply_list(plan, read_sheet(staged(row)), by=BY)
    apply_list(plan, read_sheet(staged((*row[:5], "重点项目"))), by=BY)
    assert project("p2").region is not None
    apply_list(plan, read_sheet(staged((twin.key, *row[1:]))), by=BY)
    twin.refresh_from_db()
    assert twin.region is not None


def fill(plan: Plan) -> None:
    """Report everything that a list holds."""
    values: dict[str, Any] = {
        "total": "12000.0001", "builder": "城投公司", "nature": "new", "content": "=绿道\n二期",
        "starts": "2021-03", "ends": "2025", "done_total": "800", "done_until": "2024",
        "progress": "主体完工", "land_state": "needed", "land_area": "2.5",
        "lead": Body.objects.get(key="parks"),
        "region": Region.objects.get(code="990102"),
        "geometry": {"type": "Point", "coordinates": [125.3235, 43.8868]}, "is_demo": True,
    }  # fmt: skip
    change_project(project(), values, by=BY)
    set_funds(project(), {"city": ("5000.5", "10"), "loans": (None, None)}, by=BY)
    set_year(project(), 2023, planned="300", done="250.25", by=BY)
    change_stage(project(), "building", date(2024, 1, 1), by=BY, reason="补报", today=TODAY)
    add_project(plan, "东门", by=BY, parent=project(), values={"total": "5"})


def test_an_export_comes_back_without_a_change(plan: Plan) -> None:
    fill(plan)
    content = list_of(plan, standings_of(investments(plan), 2024))
    assert apply_list(plan, read_sheet(content), by=BY).counts() == {"added": 0, "changed": 0, "unchanged": 3}


def test_an_export_fills_an_empty_register_with_the_same(plan: Plan) -> None:
    fill(plan)
    sheet = read_sheet(list_of(plan, standings_of(investments(plan), 2024)))
    Investment.objects.exclude(parent=None).delete()
    Investment.objects.all().delete()
    register_projects(plan, by=BY)
    with pytest.raises(ProblemError, match="PLN-604"):
        apply_list(plan, sheet, by=BY, today=date(2023, 1, 1))
    assert apply_list(plan, sheet, by=BY, today=TODAY).counts() == {"added": 1, "changed": 1, "unchanged": 1}
    again = read_sheet(list_of(plan, standings_of(investments(plan), 2024)))
    strip = [
        (row.name, row.total, row.funds, row.planned, row.done, row.stage, row.lead) for row in sheet.rows
    ]
    assert sorted(strip, key=str) == sorted(
        [(row.name, row.total, row.funds, row.planned, row.done, row.stage, row.lead) for row in again.rows],
        key=str,
    )
    assert project().total == Decimal("12000.0001")


def test_only_planners_import(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        apply_list(plan, read_sheet(book([PARK])), by=officer("officer", "parks"))
