"""Forecasts and early warnings in reports: marked, reasoned, by the values of the report's year alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beichen.hubs.data.service import ValueFacts, record_values
from beichen.plan.models import Plan
from beichen.plan.reports.document import Column, Document, Section, Table, as_json, blocks, outline
from beichen.plan.reports.models import Kind
from beichen.plan.reports.rendering import render
from beichen.plan.reports.tests.city import BY, build_city, written


@pytest.fixture
def plan(db: None) -> Plan:
    return build_city()


def add_2024(plan: Plan) -> None:
    """A value that a report of 2023 must not know."""
    region = plan.region.code if plan.region else ""
    facts = ValueFacts("greenways", region, "2024", Decimal("79.25"), "公里", source_title="公报 2024")
    record_values([facts], owner="city:star", by=BY)


def held(found: Document, key: str) -> Table:
    return next(block for block in blocks(found) if isinstance(block, Table) and block.key == key)


def titles(found: Document) -> list[str]:
    return [placed.section.title for placed in outline(found)]


@pytest.mark.parametrize("kind", [Kind.YEARLY, Kind.MIDTERM, Kind.CONGRESS, Kind.COMPENDIUM])
def test_the_reports_of_a_year_look_ahead(plan: Plan, kind: str) -> None:
    found = written(plan, kind=kind)
    assert "展望与预警" in titles(found)
    assert "预测（非实际值）" in titles(found)
    (row,) = held(found, "forecasts").rows
    end = next(cell for cell, head in zip(row, held(found, "forecasts").columns, strict=True) if is_end(head))
    assert isinstance(end.value, float)
    assert 57.5 < end.value < 80
    assert "不是实际值" in held(found, "forecasts").note


def is_end(head: Column) -> bool:
    return head.title == "预测"


def test_an_early_warning_says_what_is_needed_and_why(plan: Plan) -> None:
    # 57.5 to 80 in two years is 18.0% a year; the best past year, 45 to 56, brought 24.4%: no warning yet
    assert "没有指标触发预警" in as_json(written(plan)).decode()
    region = plan.region.code if plan.region else ""
    facts = ValueFacts("greenways", region, "2024", Decimal("58"), "公里", source_title="公报 2024")
    record_values([facts], owner="city:star", by=BY)
    text = as_json(written(plan, 2024, language="en")).decode()
    assert "1 line has an early warning" in text
    assert "Needs 37.9% a year from now on" in text
    assert "the best year so far brought 24.4% a year" in text


def test_a_report_of_a_year_stays_the_same_when_a_later_value_comes(plan: Plan) -> None:
    kinds = (Kind.YEARLY, Kind.BRIEF)
    earlier = [as_json(written(plan, kind=kind)) for kind in kinds]
    add_2024(plan)
    assert [as_json(written(plan, kind=kind)) for kind in kinds] == earlier
    assert as_json(written(plan, 2024)) != earlier[0]


def test_without_enough_years_the_report_says_why(plan: Plan) -> None:
    text = as_json(written(plan, 2022)).decode()
    assert "尚不能作出预测" in text
    assert "仅有连续 3 年数据，预测至少需要 4 年。涉及：绿道长度。" in text


def test_the_brief_holds_warnings_and_forecasts_on_its_page(plan: Plan) -> None:
    found = written(plan, kind=Kind.BRIEF, language="en")
    assert "Early warnings" in titles(found)
    table = held(found, "lines")
    place = [head.title for head in table.columns].index("Forecast for 2025")
    assert table.rows[0][place].value is not None
    assert "–" in table.rows[0][place].text, "with its interval"
    assert render(found, "pdf").startswith(b"%PDF")  # PLN-906 is raised for a second page


def test_the_final_evaluation_forecasts_nothing(plan: Plan) -> None:
    assert "展望与预警" not in titles(written(plan, 2025, kind=Kind.FINAL))


def test_every_format_shows_the_forecast_as_one(plan: Plan) -> None:
    page = render(written(plan), "html").decode()
    assert "至规划期末的预测" in page
    assert "80% 区间" in page


def test_sections_below_have_their_place(plan: Plan) -> None:
    outlook = next(one for one in written(plan).sections if one.title == "展望与预警")
    assert isinstance(outlook, Section)
    assert [one.title for one in outlook.sections] == ["预警", "预测（非实际值）"]
