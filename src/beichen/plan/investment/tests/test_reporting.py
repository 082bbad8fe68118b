"""Reporting through the pages: forms, the year's plan, lists; what is refused comes back beside its field."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from beichen.kernel.access.models import Account
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, region_by_code, register_person
from beichen.plan.investment.models import InvestmentPlan, StageChange
from beichen.plan.investment.service import adopted_plan, change_project
from beichen.plan.investment.tests.books import BRIDGE, PARK, book
from beichen.plan.investment.tests.city import BY, load_plan, project
from beichen.plan.models import Plan

pytestmark = pytest.mark.django_db
PROJECT = "/plan/investment/projects/p1"
YEAR = "/plan/investment/2024"


@pytest.fixture
def plan() -> Plan:
    return load_plan()


def sign_in(client: Client, role: str, body: str) -> Client:
    person = register_person("李", by=BY)
    appoint(person, role, Body.objects.get(key=body), region_by_code("990100"), by=BY)
    client.force_login(Account.objects.create_user("li", password="long-enough-secret", person=person))
    return client


@pytest.fixture
def planner(client: Client, plan: Plan) -> Client:
    return sign_in(client, "planner", "planning")


def post(client: Client, address: str, **values: Any) -> str:
    """Post a form that is taken; the page that follows."""
    response = client.post(address, values)
    assert response.status_code == 302, response.content.decode()
    return client.get(response["Location"]).content.decode()


def test_a_planner_fills_in_a_project(planner: Client) -> None:
    facts = {"total": "12000", "starts": "2021", "ends": "2025-12", "lead": "parks", "region": "990102"}
    place = {"longitude": "125.3235", "latitude": "43.8868", "land_state": "needed"}
    page = post(planner, f"{PROJECT}/facts", **facts, **place, reason="首次填报")
    assert "12,000" in page
    assert "125.3235, 43.8868" in page
    assert project().geometry == {"type": "Point", "coordinates": [125.3235, 43.8868]}
    page = post(planner, f"{PROJECT}/funds", city="5000", **{"city-allotted": "10", "loans-unknown": "on"})
    assert [line.source for line in project().funds.all()] == ["city", "loans"]
    assert "市级资金" in page
    post(planner, f"{PROJECT}/period", period="2024", planned="300")
    post(planner, f"{PROJECT}/period", period="2024-Q1", done="50")
    assert [(line.planned, line.done) for line in project().years.all()] == [(300, 50)]
    grant = {"kind": "siting", "state": "granted", "number": "星规〔2024〕1号", "on": "2024-01-05"}
    assert "星规〔2024〕1号" in post(planner, f"{PROJECT}/approval", **grant)
    assert "2 MW" in post(planner, f"{PROJECT}/element", kind="power", state="needed", amount="2 MW")
    assert "星河公园东门" in post(planner, f"{PROJECT}/child", name="星河公园东门")
    page = post(planner, f"{PROJECT}/facts", **{**facts, "total": ""})
    assert project().total is None
    assert project().geometry is None


def test_a_stage_is_reported_with_its_evidence(planner: Client) -> None:
    file = SimpleUploadedFile("minutes.pdf", b"%PDF-1.4 x")
    page = post(planner, f"{PROJECT}/stage", stage="planned", on="2021-05-01", evidence="纪要", file=file)
    assert "谋划" in page
    change = StageChange.objects.select_related("file").get()
    assert change.file is not None
    assert change.file.name == "minutes.pdf"


@pytest.mark.parametrize(
    ("form", "values", "words"),
    [
        ("stage", {"stage": "building", "on": "2024-01-01"}, "开工前缺少"),
        ("stage", {"stage": "planned", "on": "2999-01-01"}, "是未来日期"),
        ("facts", {"total": "lots"}, "十进制数字"),
        ("facts", {"longitude": "125"}, "经度和纬度须同时填写"),
        ("facts", {"longitude": "x", "latitude": "y"}, "坐标无法识别"),
        ("facts", {"longitude": "43", "latitude": "125"}, "经度应在"),
        ("funds", {"city": "5", "city-allotted": "6"}, "已安排 6.0000，计划 5.0000"),
        ("period", {"period": "soon", "done": "1"}, "不是月份或季度"),
        ("approval", {"kind": "siting", "state": "granted"}, "批复须有文号和日期"),
        ("element", {"kind": "magic", "state": "needed"}, "magic"),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    planner: Client, form: str, values: dict[str, str], words: str
) -> None:
    response = planner.post(f"{PROJECT}/{form}", values)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert not project().changes.exists()


def test_officers_report_for_their_own_body_alone(client: Client, plan: Plan) -> None:
    change_project(project("p1"), {"lead": Body.objects.get(key="parks")}, by=BY)
    gardener = sign_in(client, "officer", "parks")
    assert 'action="/plan/investment/projects/p1/stage"' in gardener.get(PROJECT).content.decode()
    post(gardener, f"{PROJECT}/stage", stage="planned", on="2021-05-01")
    assert "form-stage" not in gardener.get("/plan/investment/projects/p2").content.decode()
    refused = gardener.post("/plan/investment/projects/p2/stage", {"stage": "planned", "on": "2021-05-01"})
    assert refused.status_code == 403
    assert gardener.get("/plan/investment/import").status_code == 403


def test_a_year_plan_from_draft_to_payment(planner: Client, plan: Plan) -> None:
    assert "本年尚无政府投资计划" in planner.get(YEAR).content.decode()
    post(planner, f"{YEAR}/draft")
    post(planner, f"{YEAR}/budget", source="city", amount="100")
    assert "星河公园工程" in post(planner, f"{YEAR}/line", project="p1", source="city", amount="160")
    adoption = {"number": "星发改〔2024〕1号", "on": "2024-01-31"}
    refused = planner.post(f"{YEAR}/adopt", adoption)
    assert refused.status_code == 422
    assert "，预算 100" in refused.content.decode()
    post(planner, f"{YEAR}/line", project="p1", source="city", amount="60")
    assert "已下达" in post(planner, f"{YEAR}/adopt", **adoption)
    line = InvestmentPlan.objects.get().lines.get()
    assert "25" in post(planner, f"{YEAR}/allot", line=line.pk, allotted="25")
    assert planner.post(f"{YEAR}/allot", {"line": line.pk, "allotted": "61"}).status_code == 422
    post(planner, f"{YEAR}/draft")
    adopted = adopted_plan(plan, 2024)
    assert adopted is not None
    assert adopted.version == 1
    public = Client().get(YEAR).content.decode()
    assert "第 1 版" in public
    assert "第 2 版" not in public
    assert "2024" in planner.get("/plan/investment").content.decode()
    assert planner.get("/plan/investment/1999").status_code == 404
    assert planner.post(f"{YEAR}/burn").status_code == 404
    assert planner.post(f"{YEAR}/line", {"project": "p9", "source": "city"}).status_code == 422


def upload(content: bytes, name: str = "list.xlsx") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content), "year": "2024"}


def test_a_list_is_previewed_applied_and_exported(planner: Client) -> None:
    page = planner.post("/plan/investment/import", upload(book([PARK, BRIDGE]))).content.decode()
    assert "将发生的变化" in page
    assert project().total is None
    stored = page.partition('name="stored" value="')[2].partition('"')[0]
    page = post(planner, "/plan/investment/import", stored=stored, year="2024")
    assert "更改 2 个" in page
    assert project().total == 12000
    response = planner.get("/plan/investment/export")
    sheet = load_workbook(BytesIO(response.getvalue())).worksheets[0]
    assert sheet["C5"].value == "星河公园工程"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (book([PARK, (*BRIDGE[:5], "many", *BRIDGE[6:])]), "F 总投资(万元)"),
        (book([PARK, (None, "合计", None, None, None, 5)]), "各行相加为"),
        (b"nonsense", "文件不是可读取的 xlsx 工作簿"),
    ],
)
def test_a_wrong_list_is_refused_by_row_and_column(planner: Client, content: bytes, words: str) -> None:
    response = planner.post("/plan/investment/import", upload(content))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not project().changes.exists()
    assert planner.post("/plan/investment/import", {}).status_code == 200


def test_the_map_lists_what_it_shows(planner: Client) -> None:
    place = {"type": "Point", "coordinates": [125.3, 43.9]}
    change_project(project(), {"geometry": place, "region": region_by_code("990102")}, by=BY)
    page = planner.get("/plan/investment/map").content.decode()
    assert "125.3000, 43.9000" in page
