"""The room's pages as the public reads them, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from beichen.plan.models import Plan, PlanIndicator
from beichen.plan.monitoring.models import Forecast
from beichen.plan.monitoring.service import forecasts, recompute
from beichen.plan.monitoring.tests.ground import BY, build_plan, greenways

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 2, 29, 16, 5, tzinfo=UTC)
"""Five minutes after midnight on the first of March, in the city."""


@pytest.fixture
def plan() -> Plan:
    found = build_plan()
    greenways(y2021=44, y2022=46)
    recompute(found, by=BY, now=NOW)
    row = PlanIndicator.objects.get(number=1)
    Forecast.objects.create(
        plan=found,
        key=row.key,
        number=1,
        name=row.name,
        unit="公里",
        model="drift",
        points=[[2020, 40.0], [2021, 44.0], [2022, 46.0]],
        values=[
            {"year": year, "value": 46.0 + 2 * (year - 2022), "low": 40.0, "high": 60.0}
            for year in (2023, 2024, 2025)
        ],
        inputs="x",
        made_at=NOW,
    )
    return found


def test_the_first_page_is_the_last_year_with_a_value(client: Client, plan: Plan) -> None:
    assert client.get("/plan/monitoring")["Location"] == "/plan/monitoring/2022"


def test_a_year_shows_target_value_status_forecast_and_warning(client: Client, plan: Plan) -> None:
    page = client.get("/plan/monitoring/2022").content.decode()
    for words in ("52.78", "46", "52", "预测", "每年 20.3%", "暂无数据"):
        assert words in page, words
    earlier = client.get("/plan/monitoring/2021").content.decode()
    assert "45.948" in earlier


def test_a_year_without_values_says_so(client: Client, plan: Plan) -> None:
    page = client.get("/plan/monitoring/2024").content.decode()
    assert "2 项指标中有 0 项已有 2024 年真实数据" in page
    assert client.get("/plan/monitoring/2031").status_code == 404


def test_a_year_is_exported_with_reasoning_and_source(client: Client, plan: Plan) -> None:
    response = client.get("/plan/monitoring/2022?format=xlsx")
    page = load_workbook(BytesIO(response.getvalue())).active
    assert page is not None
    rows = list(page.iter_rows(values_only=True))
    assert "统计公报" in rows[1]
    assert any("46" in str(cell) for cell in rows[1])


def test_warnings_say_what_is_needed_and_the_best_so_far(client: Client, plan: Plan) -> None:
    page = client.get("/plan/monitoring/warnings").content.decode()
    assert "到 2025 年尚无数据的 3 年中，需要每年 20.3%；既往最好年份为每年 10%" in page
    assert "2024-03-01" in page, "the city's day"


def test_rules_are_published_with_their_parameters(client: Client, plan: Plan) -> None:
    page = client.get("/plan/monitoring/rules").content.decode()
    for words in ("5%", "10%", "statsforecast", "连续年份，至少 4 年", "80%"):
        assert words in page, words


def test_an_indicator_shows_what_lies_ahead(client: Client, plan: Plan) -> None:
    page = client.get("/plan/indicators/1").content.decode()
    for words in ("趋势与预警", "预测值，非实际数", "带漂移的随机游走", "每年 20.3%"):
        assert words in page, words
    none = client.get("/plan/indicators/2").content.decode()
    assert "预测尚未计算" in none
    assert forecasts(plan)[1, ""].values[-1]["year"] == 2025


def test_why_there_is_no_forecast(client: Client, plan: Plan) -> None:
    Forecast.objects.update(why_none="too-few", values=[])
    assert "仅有连续 3 年数据，预测至少需要 4 年" in client.get("/plan/indicators/1").content.decode()


def test_the_history_names_the_turn(client: Client, plan: Plan) -> None:
    page = client.get("/plan/monitoring/history/1").content.decode()
    assert "分年" in page
    assert "2024-03-01" in page
    assert client.get("/plan/monitoring/history/99").status_code == 404


@pytest.mark.parametrize("path", ["2022", "warnings", "rules", "values", "history/1"])
def test_pages_are_in_english_too(client: Client, plan: Plan, path: str) -> None:
    client.cookies["beichen_language"] = "en"
    page = client.get(f"/plan/monitoring/{path}").content.decode()
    assert "Monitoring" in page


def test_a_year_takes_few_queries(client: Client, plan: Plan, django_assert_max_num_queries: Any) -> None:
    client.get("/plan/monitoring/2022")
    with django_assert_max_num_queries(16):
        client.get("/plan/monitoring/2022")
