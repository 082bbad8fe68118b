"""The plan's pages: what a visitor and a plan officer see and do."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from beichen.hubs.data.service import IndicatorFacts, ValueFacts, define_indicators, record_values
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    appoint,
    load_bodies,
    load_regions,
    region_by_code,
    register_person,
)
from beichen.plan.models import Correction, Plan, Target
from beichen.plan.service import MeasureFacts, import_facts, load_measures, standings
from beichen.plan.tests.facts import plan_facts
from beichen.web.status import Status

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def plan() -> Plan:
    load_roles(by=BY)
    load_regions([RegionFacts("990100", "星河市", "city", name_en="Xinghe")], by=BY)
    region = region_by_code("990100")
    import_facts(plan_facts(), "star", by=BY, region=region)
    define_indicators(
        [IndicatorFacts("greenways", "绿道", "Greenways", "higher", "last", unit="公里")],
        owner="city:star",
        by=BY,
    )
    value: Any = {"indicator": "greenways", "region": "990100", "unit": "公里", "source_title": "统计公报"}
    record_values(
        [
            ValueFacts(period="2022", value=Decimal(56), **value),
            ValueFacts(period="2022-Q1", value=Decimal(1), **value),
        ],
        owner="city:star",
        by=BY,
    )
    found = Plan.objects.select_related("region").get()
    load_measures(found, [MeasureFacts(1, "绿道长度", "higher", "greenways", note="定义相同。")], by=BY)
    return found


@pytest.fixture
def officer(client: Client, plan: Plan) -> Client:
    load_bodies([BodyFacts("planning", "规划局", region="990100")], by=BY)
    person = register_person("李", by=BY)
    appoint(person, "planner", Body.objects.get(), region_by_code("990100"), by=BY)
    client.force_login(Account.objects.create_user("li", password="long-enough-secret", person=person))
    return client


def test_standings_take_three_queries(plan: Plan, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        found = standings(plan)
    assert [(row.name, row.status) for row in found] == [
        ("绿道长度", Status.ON_COURSE),
        ("地区生产总值增长", Status.NO_DATA),
    ]
    assert [point.value for point in found[0].points] == [56.0], "a quarter is no year"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/plan", "总体"),
        ("/plan?q=牵头", "1.1"),
        ("/plan/indicators", "正常推进"),
        ("/plan/indicators?status=unknown", "地区生产总值增长"),
        ("/plan/indicators/1", "统计公报"),
        ("/plan/targets", "绿道"),
        ("/plan/targets?part=1.", "≥80公里"),
        ("/plan/projects?box=专栏2", "北桥工程"),
        ("/plan/text/1.1", "园林局"),
        ("/plan/text/专栏2", "星河公园工程"),
    ],
)
def test_pages_show_the_plan(client: Client, plan: Plan, path: str, words: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_a_word_broken_over_lines_is_found(client: Client, plan: Plan) -> None:
    assert "<mark>牵头</mark>" in client.get("/plan?q=牵头").content.decode()


def test_before_a_plan_is_imported_the_page_says_how(client: Client) -> None:
    load_roles(by=BY)
    assert "beichen city load" in client.get("/plan").content.decode()


@pytest.mark.parametrize("path", ["/plan/indicators/99", "/plan/text/9.9"])
def test_what_the_plan_lacks_is_not_found(client: Client, plan: Plan, path: str) -> None:
    assert client.get(path).status_code == 404


def test_htmx_gets_the_table_alone(client: Client, plan: Plan) -> None:
    part = client.get("/plan/targets?q=绿道", headers={"HX-Request": "true", "HX-Target": "table-targets"})
    assert part.content.decode().strip().startswith('<div class="table-view"')
    assert "HX-Request" in part["Vary"]


def test_the_text_marks_facts_and_tells_the_public_who_may_correct(client: Client, plan: Plan) -> None:
    page = client.get("/plan/text/1.1").content.decode()
    assert 'id="targets-t1"' in page
    assert 'href="#fact-targets-t1"' in page
    assert "规划管理员" in page
    assert "更正生效" not in page
    refused = client.post("/plan/text/1.1/targets/t1", {"confirm": "yes"})
    assert refused.status_code == 403


def test_an_officer_corrects_and_confirms(officer: Client, plan: Plan) -> None:
    address = "/plan/text/1.1/targets/t1"
    response = officer.post(address, {"field": "value", "value": "85", "reason": "扫描错误"})
    assert response["Location"] == "/plan/text/1.1#fact-targets-t1"
    assert Target.objects.get().value == 85
    page = officer.get("/plan/text/1.1").content.decode()
    assert re.search(r"更正：数值 \S+ → 85\S*（扫描错误）", page), "the field by its name on the page"
    officer.post("/plan/text/1.1/bodies/o1", {"confirm": "yes"})
    assert "已核对 2" in officer.get("/plan/text/1.1").content.decode()


def test_a_wrong_correction_comes_back_with_its_error(officer: Client, plan: Plan) -> None:
    address = "/plan/text/1.1/targets/t1"
    response = officer.post(address, {"field": "value", "value": "many", "reason": "x"})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert officer.post(address, {"field": "value", "value": "1"}).status_code == 422
    assert not Correction.objects.exists()
