"""The catalogue through its pages: a plan is listed, filed, checked, settled, approved and put on file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.bus.subscribers import registered_subscribers
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    appoint,
    load_bodies,
    load_regions,
    region_by_code,
    register_person,
)
from beichen.plan.catalogue.models import Entry, Filing, FilingState, FindingRecord, FindingState
from beichen.plan.catalogue.service import EntryFacts, findings, save_entry
from beichen.plan.catalogue.tasks import check_all
from beichen.plan.models import Plan, PlanIndicator, PlanState
from beichen.plan.service import AmendmentFacts, amend_facts, current_plan, import_facts, read_plan

pytestmark = pytest.mark.django_db
BY = system("test")
PLANS = Path(__file__).parent / "plans"


def _account(client: Client, name: str, role: str, body: str, region: str) -> Client:
    person = register_person(name, by=BY)
    appoint(person, role, Body.objects.get(key=body), region_by_code(region), by=BY)
    client.force_login(Account.objects.create_user(name, password="long-enough-secret", person=person))
    return client


@pytest.fixture
def entry() -> Entry:
    """An invented city with its outline, and a district whose plan is on the list."""
    load_roles(by=BY)
    load_regions(
        [
            RegionFacts("990100", "云泽市", "city", name_en="Yunze"),
            RegionFacts("990102", "青禾区", "county", parent="990100"),
            RegionFacts("990103", "白石区", "county", parent="990100"),
        ],
        by=BY,
    )
    load_bodies(
        [
            BodyFacts("planning", "云泽市发展和改革委员会", region="990100"),
            BodyFacts("qinghe", "青禾区人民政府", region="990102"),
            BodyFacts("baishi", "白石区人民政府", region="990103"),
        ],
        by=BY,
    )
    outline = read_plan(PLANS / "yunze-outline.txt")
    import_facts(outline, "yunze", by=BY, region=region_by_code("990100"))
    facts = EntryFacts(
        "qinghe-outline",
        "青禾区“十四五”发展规划",
        "development",
        Region.objects.get(code="990102"),
        Body.objects.get(key="qinghe"),
    )
    return save_entry(facts, by=BY)


@pytest.fixture
def planner(entry: Entry) -> Client:
    return _account(Client(), "li", "planner", "planning", "990100")


@pytest.fixture
def officer(entry: Entry) -> Client:
    return _account(Client(), "sun", "officer", "qinghe", "990102")


def _upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (PLANS / name).read_bytes(), "text/plain")


def _file(client: Client, name: str = "qinghe-outline.txt") -> Any:
    return client.post("/plans/qinghe-outline/file", {"file": _upload(name), "on": "2021-05-10"})


def _step(client: Client, step: str, **said: str) -> Any:
    return client.post(f"/plans/qinghe-outline/steps/{step}", {"on": "2021-06-01", **said})


def test_a_plan_goes_its_whole_way(planner: Client, officer: Client) -> None:
    assert _file(officer).status_code == 302
    assert current_plan() == Plan.objects.get(key="yunze"), "a filed plan is never the city's outline"
    assert _step(officer, "submit").status_code == 302
    assert _step(planner, "link").status_code == 302
    page = planner.get("/plans/qinghe-outline/findings").content.decode()
    assert "森林覆盖率" in page
    refused = _step(planner, "approve", document="云政函〔2021〕1号")
    assert refused.status_code == 422
    assert "条审查意见未处理" in refused.content.decode()
    for row in FindingRecord.objects.exclude(severity="low"):
        address = f"/plans/qinghe-outline/findings/{row.key}"
        assert officer.post(address, {"state": "justified", "reason": "区情不同"}).status_code == 302
    assert _step(planner, "approve").status_code == 422, "an approval needs its document"
    assert _step(planner, "approve", document="云政函〔2021〕1号").status_code == 302
    assert _step(planner, "file", document="云备〔2021〕7号").status_code == 302
    filing = Filing.objects.get()
    assert filing.state == FilingState.FILED
    assert filing.plan is not None
    assert filing.plan.state == PlanState.IN_FORCE
    assert current_plan() == Plan.objects.get(key="yunze")
    public = Client().get("/plans/qinghe-outline").content.decode()
    assert "云备〔2021〕7号" in public
    for path in ("/plan", "/plan/indicators", "/plan/targets", "/plan/projects"):
        shown = Client().get(f"{path}?plan=qinghe-outline-1").content.decode()
        assert "plan=qinghe-outline-1" in shown, "links keep the plan that is shown"


def test_a_new_filing_resolves_what_it_changed(planner: Client, officer: Client) -> None:
    _file(officer)
    _step(officer, "submit")
    _step(planner, "link")
    weaker = FindingRecord.objects.get(subject="森林覆盖率")
    grain = FindingRecord.objects.get(category="gap", subject="粮食综合生产能力")
    officer.post(f"/plans/qinghe-outline/findings/{weaker.key}", {"state": "accepted"})
    officer.post(f"/plans/qinghe-outline/findings/{grain.key}", {"state": "justified", "reason": "无耕地"})
    text = (PLANS / "qinghe-outline.txt").read_text(encoding="utf-8").replace("30.0 32.0", "30.0 36.0")
    upload = SimpleUploadedFile("second.txt", text.encode(), "text/plain")
    officer.post("/plans/qinghe-outline/file", {"file": upload, "on": "2021-07-01"})
    assert [row.state for row in Filing.objects.order_by("number")] == ["superseded", "draft"]
    planner.post("/plans/qinghe-outline/check")
    weaker.refresh_from_db()
    grain.refresh_from_db()
    assert (weaker.state, weaker.filing.number) == (FindingState.RESOLVED, 2)
    assert (grain.state, grain.decision) == (FindingState.JUSTIFIED, "无耕地"), "decisions stay"
    plan = Plan.objects.get(key="qinghe-outline-2")
    assert weaker not in findings(plan)
    assert grain in findings(plan)


def test_other_numbers_open_a_decision_again(planner: Client, officer: Client) -> None:
    _file(officer)
    planner.post("/plans/qinghe-outline/check")
    weaker = FindingRecord.objects.get(subject="森林覆盖率")
    address = f"/plans/qinghe-outline/findings/{weaker.key}"
    officer.post(address, {"state": "justified", "reason": "城区"})
    planner.post("/plans/qinghe-outline/check")
    weaker.refresh_from_db()
    assert weaker.state == FindingState.JUSTIFIED
    text = (PLANS / "qinghe-outline.txt").read_text(encoding="utf-8").replace("30.0 32.0", "30.0 31.0")
    upload = SimpleUploadedFile("second.txt", text.encode(), "text/plain")
    officer.post("/plans/qinghe-outline/file", {"file": upload, "on": "2021-07-01"})
    planner.post("/plans/qinghe-outline/check")
    weaker.refresh_from_db()
    assert (weaker.state, weaker.decision) == (FindingState.OPEN, "")


def test_rights_end_at_the_region(entry: Entry, planner: Client) -> None:
    other = _account(Client(), "wu", "officer", "baishi", "990103")
    assert _file(other).status_code == 403
    assert _file(planner).status_code == 302
    assert _step(other, "submit").status_code == 403
    public = Client()
    assert public.get("/plans").status_code == 200
    assert public.get("/plan?plan=qinghe-outline-1").status_code == 403, "drafts are not public"
    assert public.get("/plans/qinghe-outline/findings").status_code == 403
    assert planner.get("/plan?plan=qinghe-outline-1").status_code == 200


def test_a_file_that_is_no_plan_comes_back(officer: Client) -> None:
    upload = SimpleUploadedFile("notes.txt", "今天天气很好。".encode(), "text/plain")
    answer = officer.post("/plans/qinghe-outline/file", {"file": upload, "on": "2021-05-10"})
    assert answer.status_code == 422
    assert not Filing.objects.exists()
    upload.seek(0)
    said = {"file": upload, "on": "2021-05-10", "as_document": "on"}
    assert officer.post("/plans/qinghe-outline/file", said).status_code == 302
    assert Filing.objects.get().plan is None


def test_the_list_is_added_to_and_filtered(planner: Client, officer: Client) -> None:
    said = {
        "key": "forest", "title": "林业草原专项规划", "kind": "special", "region": "990100",
        "body": "planning", "due": "2021-12-31", "covers": "2.1, #3",
    }  # fmt: skip
    assert officer.post("/plans/new", said).status_code == 403
    wrong = planner.post("/plans/new", said | {"covers": "9.9, #77"})
    assert wrong.status_code == 422
    assert "纲要中没有 9.9" in wrong.content.decode()
    assert planner.post("/plans/new", said)["Location"] == "/plans/forest"
    page = planner.get("/plans?kind=special").content.decode()
    assert "林业草原专项规划" in page
    assert "逾期" in page
    assert "青禾区" not in page.partition("<tbody>")[2]
    assert planner.get("/plans?format=csv").status_code == 200
    assert planner.get("/plans/none").status_code == 404


def test_the_list_takes_the_same_queries_however_long(
    planner: Client, django_assert_max_num_queries: Any
) -> None:
    region, body = Region.objects.get(code="990102"), Body.objects.get(key="qinghe")
    for number in range(30):
        save_entry(EntryFacts(f"p{number}", f"规划{number}", "special", region, body), by=BY)
    planner.get("/plans")
    with django_assert_max_num_queries(14):
        planner.get("/plans")


def test_an_amended_outline_is_checked_against_again(planner: Client, officer: Client) -> None:
    """A finding is resolved when the outline itself comes to agree with the plan."""
    _file(officer)
    _step(officer, "submit")
    _step(planner, "link")
    weaker = FindingRecord.objects.get(subject="森林覆盖率")
    outline = Plan.objects.get(key="yunze")
    forest = PlanIndicator.objects.get(plan=outline, name="森林覆盖率")
    item = AmendmentFacts("indicators", forest.key, "target_value", 36.0, 31.0, "x")
    amend_facts(outline, [item], document="1号", by=BY)
    event = OutboxEvent.objects.get(type="plan.facts.amended")
    assert registered_subscribers()["plan.catalogue"].wants(event.type)
    check_all.func()
    weaker.refresh_from_db()
    assert weaker.state == FindingState.RESOLVED
