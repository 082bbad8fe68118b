"""The years' pages: what the public reads, and a plan officer's way from draft to adopted version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from beichen.hubs.data.service import (
    IndicatorFacts,
    ValueFacts,
    define_indicators,
    record_targets,
    record_values,
)
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
from beichen.plan.duties.service import Assignment, add_milestone, assign_duties, duties_of, open_duties
from beichen.plan.models import Plan
from beichen.plan.service import MeasureFacts, import_facts, load_measures
from beichen.plan.tests.facts import plan_facts
from beichen.plan.years.models import NatureChoice, YearPlan, YearTarget
from beichen.plan.years.service import adopted_version, courses, work_list, year_targets

pytestmark = pytest.mark.django_db
BY = system("test")
STATED: Any = {"region": "990100", "source_title": "政府工作报告"}


@pytest.fixture
def plan() -> Plan:
    load_roles(by=BY)
    regions = [RegionFacts("990100", "星河市", "city")]
    regions += [RegionFacts(f"99010{n}", name, "county", "990100") for n, name in ((2, "东区"), (3, "西区"))]
    load_regions(regions, by=BY)
    import_facts(plan_facts(), "star", by=BY, region=region_by_code("990100"))
    found = Plan.objects.select_related("region").get()
    facts = [
        IndicatorFacts("gdp-growth", "增速", "Growth", "higher", "none", unit="%"),
        IndicatorFacts("permanent-population", "常住人口", "Population", "neutral", "sum", unit="万人"),
    ]
    define_indicators(facts, owner="city:star", by=BY)
    load_measures(found, [MeasureFacts(2, "地区生产总值增长", "higher", "gdp-growth")], by=BY)
    record_targets(
        [ValueFacts("gdp-growth", period="2024", value=Decimal("6.2"), unit="%", **STATED)],
        owner="city:star",
        by=BY,
    )
    return found


@pytest.fixture
def officer(client: Client, plan: Plan) -> Client:
    load_bodies([BodyFacts("planning", "规划局", region="990100")], by=BY)
    person = register_person("李", by=BY)
    appoint(person, "planner", Body.objects.get(), region_by_code("990100"), by=BY)
    client.force_login(Account.objects.create_user("li", password="long-enough-secret", person=person))
    return client


def people(**counts: int) -> None:
    facts = [
        ValueFacts("permanent-population", code.lstrip("r"), "2023", Decimal(count), "万人", "统计公报")
        for code, count in counts.items()
    ]
    record_values(facts, owner="city:star", by=BY)


def target(number: int = 1, region: str = "") -> YearTarget:
    rows = YearTarget.objects.filter(number=number)
    return rows.get(region__code=region) if region else rows.get(region=None)


def test_anybody_reads_the_matrix_and_a_year(client: Client, plan: Plan) -> None:
    page = client.get("/plan/years").content.decode()
    assert "绿道长度" in page
    assert "69.644" in page, "greenways grow by the same share every year"
    year = client.get("/plan/years/2024").content.decode()
    assert "6.2" in year
    assert "政府工作报告" in year, "what the city set itself names its source"
    assert "起草年度计划" not in year
    assert client.get("/plan/years/2019").status_code == 404


def test_a_year_is_exported(client: Client, plan: Plan) -> None:
    response = client.get("/plan/years/2024?format=xlsx")
    sheet = load_workbook(BytesIO(response.getvalue())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("序号", "指标", "地区", "年度目标")
    assert [row[1] for row in rows[1:]] == ["绿道长度", "地区生产总值增长"]


def test_the_public_may_not_draft_nor_see_drafts(officer: Client, plan: Plan) -> None:
    officer.post("/plan/years/2024/draft")
    public = Client()
    assert public.post("/plan/years/2024/draft").status_code == 403
    assert public.get("/plan/years/2024/draft").status_code == 403
    assert "尚无已批准的版本" in public.get("/plan/years/2024/versions").content.decode()


def test_from_draft_to_adopted_version_and_the_next_one(officer: Client, plan: Plan) -> None:
    assert officer.post("/plan/years/2024/draft")["Location"] == "/plan/years/2024/draft"
    address = f"/plan/years/2024/draft/{target().pk}"
    refused = officer.post(address, {"value": "70", "reason": ""})
    assert refused.status_code == 422
    officer.post(address, {"value": "70", "reason": "两条绿道提前开工"})
    assert officer.post("/plan/years/2024/draft").status_code == 409, "one draft a year"
    officer.post("/plan/years/2024/adopt", {"note": "市政府第3次常务会议"})
    public = Client()
    page = public.get("/plan/years/2024").content.decode()
    assert "两条绿道提前开工" in page
    assert "市政府第3次常务会议" in page
    assert officer.post(address, {"value": "1", "reason": "x"}).status_code == 404, "there is no draft"

    officer.post("/plan/years/2024/draft")
    second = YearTarget.objects.get(year_plan__version=2, number=1)
    assert second.value == 70, "a new draft starts from the version in force"
    officer.post(f"/plan/years/2024/draft/{second.pk}", {"value": "71", "reason": "复核"})
    officer.post("/plan/years/2024/adopt", {"note": "市政府第9次常务会议"})
    version = adopted_version(plan, 2024)
    assert version is not None
    assert version.version == 2
    assert [row.value for row in year_targets(plan, 2024)] == [71, Decimal("6.2")]
    compared = public.get("/plan/years/2024/versions?from=1&to=2").content.decode()
    assert "复核" in compared
    assert "地区生产总值增长" not in compared, "what is the same is not listed"


def test_a_draft_is_discarded(officer: Client, plan: Plan) -> None:
    officer.post("/plan/years/2022/draft")
    officer.post("/plan/years/2022/discard")
    assert not YearPlan.objects.exists()


def test_a_nature_is_chosen_and_drafts_follow(officer: Client, plan: Plan) -> None:
    officer.post("/plan/years/2024/draft")
    before = target().value
    response = officer.post("/plan/years/nature/1", {"nature": "linear", "reason": "工程按里程推进"})
    assert response.status_code == 302
    assert float(before or 0) == pytest.approx(69.644, abs=0.001)
    assert target().value == 72
    page = officer.get("/plan/years/nature/1").content.decode()
    assert "· 线性 · 工程按里程推进" in page, "the nature by its name on the page"
    assert "建议" in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"nature": "step", "steps": "2031"}, "台阶年份不在规划期内"),
        ({"nature": "step", "steps": "soon"}, "年份为四位数字"),
        ({"nature": "cumulative", "shares": "1 2"}, "分年权重与年份不符"),
        ({"nature": "cumulative", "shares": "1 x"}, "不是数字"),
        ({"nature": "derived", "source": ""}, "推算所依据的指标不存在"),
    ],
)
def test_a_nature_that_does_not_fit_is_refused_at_its_field(
    officer: Client, plan: Plan, said: dict[str, str], words: str
) -> None:
    response = officer.post("/plan/years/nature/1", {"reason": "试", **said})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not NatureChoice.objects.exists()


def test_circular_targets_are_refused_with_the_circle(officer: Client, plan: Plan) -> None:
    said = {"nature": "derived", "source": "2", "factor": "10", "reason": "与增速挂钩"}
    assert officer.post("/plan/years/nature/1", said).status_code == 302
    assert [float(value) for value in courses(plan)[0].values.values()] == [60] * 5
    response = officer.post("/plan/years/nature/2", {**said, "source": "1"})
    assert response.status_code == 422
    assert "循环推算" in response.content.decode()
    assert "1 → 2 → 1" in response.content.decode()
    assert NatureChoice.objects.count() == 1


def test_a_target_is_given_to_districts_by_real_weights(officer: Client, plan: Plan) -> None:
    officer.post("/plan/years/2024/draft")
    address = f"/plan/years/2024/draft/{target().pk}/districts"
    said = {"method": "weights", "weights": "permanent-population", "reason": "按人口"}
    people(r990102=30)
    refused = officer.post(address, said)
    assert refused.status_code == 422
    assert "西区" in refused.content.decode(), "the district without a real value is named"
    people(r990103=10)
    officer.post(address, said)
    parts = {row.region.name: row.value for row in YearTarget.objects.exclude(region=None) if row.region}
    assert sum(value or 0 for value in parts.values()) == target().value
    assert parts["东区"] == pytest.approx(3 * (parts["西区"] or 0), rel=Decimal("0.0001"))


def test_districts_that_fall_short_hold_up_the_adoption(officer: Client, plan: Plan) -> None:
    officer.post("/plan/years/2024/draft")
    address = f"/plan/years/2024/draft/{target().pk}/districts"
    officer.post(address, {"method": "entered", "reason": "各区上报"})
    for code, value in (("990102", "40"), ("990103", "20")):
        row = target(region=code)
        officer.post(f"/plan/years/2024/draft/{row.pk}", {"value": value, "reason": "区政府上报"})
    refused = officer.post("/plan/years/2024/adopt", {"note": "会议"})
    assert refused.status_code == 422
    assert "各区尚缺" in refused.content.decode()
    officer.post(address, {"method": "equal", "reason": "平均"})
    assert officer.post("/plan/years/2024/adopt", {"note": "会议"}).status_code == 302
    page = Client().get("/plan/years/2024?region=990102").content.decode()
    assert "34.822" in page
    east = region_by_code("990102")
    assert [row.region for row in year_targets(plan, 2024, region=east)] == [east]


def test_the_key_work_list_holds_targets_and_promises_of_the_year(client: Client, plan: Plan) -> None:
    page = client.get("/plan/years/2025/work").content.decode()
    assert "规划正文承诺" in page
    assert "绿道" in page
    response = client.get("/plan/years/2025/work?kind=promise&format=csv")
    text = response.getvalue().decode()
    assert text.count("\n") == 2, "a head and one promise"


@pytest.mark.parametrize(
    "path", ["/plan/years", "/plan/years/2024", "/plan/years/2024/work", "/plan/years/2024/versions"]
)
def test_pages_are_in_english_too(client: Client, plan: Plan, path: str) -> None:
    client.cookies["beichen_language"] = "en"
    assert "Years" in client.get(path).content.decode()


def test_a_page_takes_few_queries(client: Client, plan: Plan, django_assert_max_num_queries: Any) -> None:
    client.get("/plan/years/2024")
    with django_assert_max_num_queries(14):
        client.get("/plan/years/2024")


def test_duties_and_milestones_of_the_year_stand_in_the_key_work(client: Client, plan: Plan) -> None:
    load_bodies([BodyFacts("parks", "园林局", region="990100")], by=BY)
    open_duties(plan, by=BY)
    parks, bridge = Body.objects.get(key="parks"), duties_of(plan).filter(kind="projects")[0]
    assign_duties(plan, [Assignment(bridge, parks, None, date(2024, 6, 30))], reason="分工", by=BY)
    bridge.refresh_from_db()
    add_milestone(bridge, "主体完工", date(2024, 3, 31), by=BY)
    rows = {row.kind: row for row in reversed(work_list(plan, 2024, by=BY))}
    assert rows["duty"].lead_name == "园林局"
    assert rows["duty"].due == date(2024, 6, 30)
    assert rows["milestone"].title.endswith("：主体完工")
    page = client.get("/plan/years/2024/work?kind=milestone").content.decode()
    assert "主体完工" in page
    assert "园林局" in page
