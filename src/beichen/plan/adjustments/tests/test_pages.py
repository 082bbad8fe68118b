"""An adjustment through its pages, from the proposal to the version in force, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.bus.models import OutboxEvent
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
from beichen.plan.adjustments.models import Adjustment, AdjustmentState, Change, Version
from beichen.plan.adjustments.service import (
    Proposed,
    Said,
    add_change,
    adjustment_of,
    compare,
    current_number,
    decide_adjustment,
    drop_change,
    facts_of,
    propose,
)
from beichen.plan.adjustments.versions import sealed
from beichen.plan.models import Amendment, Plan, PlanIndicator, Project, Target
from beichen.plan.service import correct_fact, import_facts, standings
from beichen.plan.tests.facts import indicator, plan_facts
from beichen.platforms.ledger import service as ledger
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
SAID = {"on": "2023-08-01", "document": "星政发〔2023〕9号", "note": "论证充分"}


@pytest.fixture
def plan() -> Plan:
    """The invented plan, with its first indicator binding."""
    load_roles(by=BY)
    load_regions([RegionFacts("990100", "星河市", "city")], by=BY)
    load_bodies([BodyFacts("city", "星河市", region="990100")], by=BY)
    facts = plan_facts()
    binding = indicator(1, "绿道长度", "绿道长度（公里） 40 80 预期性", attribute="binding", comparator=">=")
    facts = plan_facts(indicators=(binding, facts.indicators[1]))
    import_facts(facts, "star", by=BY, region=region_by_code("990100"))
    return Plan.objects.select_related("region", "text").get()


def _as(role: str) -> Client:
    person = register_person(role, by=BY)
    appoint(person, role, Body.objects.get(), region_by_code("990100"), by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(role, password="long-enough-secret", person=person))
    return client


def _step(client: Client, step: str, **said: str) -> Any:
    return client.post(f"/plan/adjustments/1/steps/{step}", {**SAID, **said})


def _change(client: Client, kind: str, key: str, field: str, new: str = "", **said: str) -> Any:
    form = {"kind": kind, "key": key, "field": field, "new": new, "reason": "情况变化", **said}
    return client.post("/plan/adjustments/1/changes", form)


def test_an_adjustment_goes_its_whole_way(plan: Plan) -> None:
    planner, government, congress = _as("planner"), _as("government"), _as("congress")
    made = planner.post("/plan/adjustments/new", {"title": "中期调整", "reason": "条件变化"})
    assert made["Location"] == "/plan/adjustments/1"
    assert "绿道" in planner.get("/plan/adjustments/1?q=绿道").content.decode()
    assert "目标值" in planner.get("/plan/adjustments/1?fact=indicators/i1").content.decode()
    eased = _change(planner, "indicators", "i1", "target_value", "70")
    assert eased.status_code == 422, "a binding target is not made easier without a justification"
    assert "为约束性指标（请说明理由，由常务委员会决定）" in eased.content.decode()
    assert not Change.objects.exists()
    justified = {"justification": "上级下达的新任务"}
    assert _change(planner, "indicators", "i1", "target_value", "70", **justified).status_code == 302
    assert _change(planner, "targets", "t1", "value", "70").status_code == 302
    assert _change(planner, "projects", "p2", "remove").status_code == 302
    added = {"name": "南桥工程", "box": "专栏2", "reason": "补短板"}
    assert planner.post("/plan/adjustments/1/projects", added).status_code == 302
    page = planner.get("/plan/adjustments/1").content.decode()
    assert "影响分析" in page
    assert "上级下达的新任务" in page

    assert _step(planner, "submit").status_code == 302
    assert _change(planner, "targets", "t1", "target_year", "2024").status_code == 422, "no draft any more"
    assert _step(planner, "approve").status_code == 403
    assert _step(congress, "approve").status_code == 403
    assert _step(government, "approve").status_code == 302
    assert _step(government, "ratify").status_code == 403
    assert _step(congress, "ratify").status_code == 302
    assert PlanIndicator.objects.get(key="i1").target_value == 80, "nothing changes before it is in force"
    assert _step(government, "enact", on="2023-09-01").status_code == 302

    row = PlanIndicator.objects.get(key="i1")
    assert (row.target_value, row.target_raw) == (70, "≥70")
    assert standings(plan)[0].target == 70
    assert set(Project.objects.values_list("name", flat=True)) == {"星河公园工程", "南桥工程"}
    assert Adjustment.objects.get().state == AdjustmentState.IN_FORCE
    assert current_number(plan) == 2
    public = Client()
    assert "北桥工程" in public.get("/plan/versions/1").content.decode(), "the old version stays readable"
    assert "北桥工程" not in public.get("/plan/versions/2").content.decode()
    compared = public.get("/plan/versions/compare?a=1&b=2").content.decode()
    for words in ("南桥工程", "北桥工程", "70", "80"):
        assert words in compared
    assert "星政发〔2023〕9号" in public.get("/plan/versions").content.decode()
    assert OutboxEvent.objects.filter(type="plan.facts.amended").count() == 1


def _in_force(plan: Plan, *changes: Proposed) -> Adjustment:
    row = propose(plan, "调整", "理由", by=BY)
    for item in changes:
        add_change(row, item, by=BY)
    for step in ("submit", "approve", "ratify", "enact"):
        row = decide_adjustment(row, step, Said(date(2023, 8, 1), "1号"), by=BY)
    return row


def test_reading_the_text_anew_keeps_what_was_adjusted(plan: Plan) -> None:
    box = {"name": "南桥工程", "box": "专栏2"}
    _in_force(
        plan,
        Proposed("targets", "t1", "value", 90, "x"),
        Proposed("projects", "p2", "", None, "x"),
        Proposed("projects", "", "", box, "x"),
    )
    import_facts(plan_facts(), "star", by=BY)
    assert Target.objects.get().value == 90
    assert set(Project.objects.values_list("name", flat=True)) == {"星河公园工程", "南桥工程"}


def test_a_correction_and_an_adjustment_are_kept_apart(plan: Plan) -> None:
    correct_fact(plan, "targets", "t1", "value", 85, reason="扫描错误", by=BY)
    assert current_number(plan) == 1, "a correction makes no version"
    _in_force(plan, Proposed("targets", "t1", "value", 90, "x"))
    assert facts_of(plan, 1)["targets"]["t1"]["value"] == 85
    with pytest.raises(ProblemError) as caught:
        correct_fact(plan, "targets", "t1", "value", 86, reason="扫描错误", by=BY)
    assert caught.value.problems[0].code == "PLN-213"
    correct_fact(plan, "targets", "t1", "metric", "总长度", reason="扫描错误", by=BY)
    assert facts_of(plan, 1)["targets"]["t1"]["metric"] == "长度", "a sealed version is never written again"


def test_nothing_is_half_applied(plan: Plan) -> None:
    row = propose(plan, "调整", "理由", by=BY)
    add_change(row, Proposed("projects", "p1", "name", "星河湿地公园", "x"), by=BY)
    add_change(row, Proposed("targets", "t1", "value", 90, "x"), by=BY)
    for step in ("submit", "approve", "ratify"):
        decide_adjustment(row, step, Said(date(2023, 8, 1), "1号"), by=BY)
    correct_fact(plan, "targets", "t1", "value", 85, reason="扫描错误", by=BY)
    with pytest.raises(ProblemError) as caught:
        decide_adjustment(row, "enact", Said(date(2023, 8, 2), "2号"), by=BY)
    assert caught.value.problems[0].code == "PLN-211"
    assert Project.objects.get(key="p1").name == "星河公园工程"
    assert not Amendment.objects.exists()
    assert not Version.objects.exists()
    assert adjustment_of(plan, 1).state == AdjustmentState.RATIFIED


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (Proposed("targets", "none", "value", 9, "x"), "PLN-202"),
        (Proposed("targets", "t1", "metric", "x", "x"), "PLN-801"),
        (Proposed("bodies", "o1", "name", "x", "x"), "PLN-801"),
        (Proposed("indicators", "i1", "", None, "x"), "PLN-801"),
        (Proposed("targets", "t1", "value", "many", "x"), "PLN-210"),
        (Proposed("targets", "t1", "size", "1", "x"), "PLN-209"),
        (Proposed("targets", "t1", "value", 80, "x"), "PLN-803"),
        (Proposed("targets", "t1", "value", 90, " "), "PLN-804"),
        (Proposed("targets", "t1", "target_year", 2027, "x"), "PLN-805"),
        (Proposed("indicators", "i1", "target_value", 30, "x"), "PLN-807"),
        (Proposed("indicators", "i1", "attribute", "expected", "x"), "PLN-807"),
        (Proposed("projects", "", "", {"name": "桥", "box": "专栏9"}, "x"), "PLN-812"),
    ],
)
def test_what_contradicts_is_refused(plan: Plan, item: Proposed, code: str) -> None:
    row = propose(plan, "调整", "理由", by=BY)
    with pytest.raises(ProblemError) as caught:
        add_change(row, item, by=BY)
    assert code in [problem.code for problem in caught.value.problems]
    assert not Change.objects.exists()


def test_two_changes_of_one_field_are_refused(plan: Plan) -> None:
    row = propose(plan, "调整", "理由", by=BY)
    kept = add_change(row, Proposed("targets", "t1", "value", 90, "x"), by=BY)
    for item in (Proposed("targets", "t1", "value", 91, "x"), Proposed("targets", "t1", "", None, "x")):
        with pytest.raises(ProblemError) as caught:
            add_change(row, item, by=BY)
        assert "PLN-802" in [problem.code for problem in caught.value.problems]
    drop_change(kept, by=BY)
    add_change(row, Proposed("targets", "t1", "", None, "x"), by=BY)


def test_steps_in_wrong_order_or_hands_are_refused(plan: Plan) -> None:
    row = propose(plan, "调整", "理由", by=BY)

    def code_of(step: str, said: Said, by: Any = BY) -> str:
        with pytest.raises(ProblemError) as caught:
            decide_adjustment(row, step, said, by=by)
        return caught.value.problems[0].code

    day = Said(date(2023, 8, 1), "1号")
    assert code_of("ratify", day) == "PLN-813"
    assert code_of("submit", day) == "PLN-817"
    add_change(row, Proposed("targets", "t1", "value", 90, "x"), by=BY)
    admin = _as("administrator")
    assert _step(admin, "submit").status_code == 302
    both = _step(admin, "approve")
    assert both.status_code == 422
    assert "您已代表 planner 作过决定" in both.content.decode()
    assert code_of("approve", Said(date(2023, 8, 1))) == "PLN-814"
    assert code_of("approve", Said(date(2023, 7, 1), "1号")) == "PLN-816"
    assert code_of("reject", day) == "PLN-814"
    decide_adjustment(row, "reject", Said(date(2023, 8, 2), note="论证不足"), by=BY)
    assert code_of("approve", day) == "PLN-813"
    with pytest.raises(ProblemError) as caught:
        add_change(row, Proposed("targets", "t1", "upper", 99, "x"), by=BY)
    assert caught.value.problems[0].code == "PLN-811"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/plan/adjustments", 200),
        ("/plan/adjustments/9", 404),
        ("/plan/adjustments/new", 403),
        ("/plan/versions", 200),
        ("/plan/versions/1", 200),
        ("/plan/versions/7", 404),
        ("/plan/versions/compare", 200),
        ("/plan/versions/compare?a=x&b=1", 200),
    ],
)
def test_pages_answer(plan: Plan, path: str, status: int) -> None:
    assert Client().get(path).status_code == status


@pytest.mark.parametrize(("path", "code"), [("adjustments/9", "PLN-810"), ("versions/7", "PLN-808")])
def test_what_is_not_there_says_so(plan: Plan, path: str, code: str) -> None:
    assert code in Client().get(f"/plan/{path}").content.decode()


def test_one_person_does_not_decide_twice(plan: Plan) -> None:
    row = propose(plan, "调整", "理由", by=BY)
    add_change(row, Proposed("targets", "t1", "value", 90, "x"), by=BY)
    one = Actor("person:ONE", "one", (Scope("administrator"),))
    decide_adjustment(row, "submit", Said(date(2023, 8, 1)), by=one)
    with pytest.raises(ProblemError) as caught:
        decide_adjustment(row, "approve", Said(date(2023, 8, 1), "1号"), by=one)
    assert [item.code for item in caught.value.problems] == ["PLN-815"]


def test_a_tampered_version_is_found(plan: Plan) -> None:
    _in_force(plan, Proposed("targets", "t1", "value", 90, "x"))
    first = Version.objects.get(number=1)
    assert compare(facts_of(plan, 1), facts_of(plan, 2))[0].after == 90
    assert first.facts is not None
    assert [row.reference for row in ledger.entries_of("plan.version", f"{plan.key}/1")] == [f"{plan.key}/1"]
    assert ledger.verify().problems == []
    first.facts["targets"]["t1"]["value"] = 1
    first.save()
    with pytest.raises(ProblemError) as caught:
        facts_of(plan, 1)
    assert caught.value.problems[0].code == "PLN-809"
    first.sha256 = sealed(first.facts)  # whoever rewrites the facts can rewrite their hash, not the ledger
    first.save()
    assert [one.code for one in ledger.verify().problems] == ["LED-203"]
