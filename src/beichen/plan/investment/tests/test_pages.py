"""The room's pages, as the public and a planner see them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from beichen.kernel.org.models import Body, Region
from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import change_project, change_stage, set_funds, set_year
from beichen.plan.investment.tests.city import BY, TODAY, load_plan, project
from beichen.plan.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return load_plan()


@pytest.fixture
def reported(plan: Plan) -> Investment:
    row = project()
    lead, region = Body.objects.get(key="parks"), Region.objects.get(code="990102")
    change_project(row, {"total": "12000", "lead": lead, "region": region, "land_state": "needed"}, by=BY)
    set_funds(row, {"city": ("5000", "1000"), "enterprise": ("", "")}, by=BY)
    set_year(row, 2025, planned="3000", done="1250.5", by=BY)
    change_stage(row, "building", date(2024, 5, 1), by=BY, reason="补报", today=TODAY)
    return row


def test_an_empty_register_says_no_data(client: Client, plan: Plan) -> None:
    page = client.get("/plan/investment").content.decode()
    assert "规划文本未载明金额" in page
    assert "资金无数据" in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/plan/investment?year=2025",
            ["12,000", "3,000", "1,250.5", "资金未覆盖总投资", "市园林局", "南星区"],
        ),
        ("/plan/investment/projects?year=2025", ["星河公园工程", "用地未落实", "1,250.5"]),
        ("/plan/investment/projects?gap=land", ["星河公园工程", "1 行"]),
        ("/plan/investment/projects?stage=none", ["北桥工程", "1 行"]),
        ("/plan/investment/projects?body=parks", ["星河公园工程", "1 行"]),
        ("/plan/investment/projects?region=990102", ["星河公园工程", "1 行"]),
        ("/plan/investment/projects/p1", ["施工许可", "市级资金", "补报", "在建"]),
    ],
)
def test_pages_show_what_was_reported(
    client: Client, reported: Investment, path: str, words: list[str]
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    for word in words:
        assert word in page.content.decode(), word


def test_pages_read_in_english(client: Client, reported: Investment) -> None:
    client.cookies["beichen_language"] = "en"
    page = client.get("/plan/investment?year=2025").content.decode()
    assert "What has no money, land or approval" in page
    assert "Nanxing" in page


def test_what_is_not_there_is_not_found(client: Client, plan: Plan) -> None:
    assert client.get("/plan/investment/projects/nothing").status_code == 404


def test_internal_projects_are_not_shown_to_the_public(client: Client, reported: Investment) -> None:
    change_project(reported, {"level": 2}, by=BY)
    assert "星河公园工程" not in client.get("/plan/investment/projects").content.decode()
    assert client.get("/plan/investment/projects/p1").status_code == 403
