"""Which facts become duties, and what happens to them when the plan is read anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.event import decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.plan.duties.models import Duty, Step
from beichen.plan.duties.service import duties_of, open_duties
from beichen.plan.duties.subscribers import follow_plan
from beichen.plan.duties.suggestion import bodies_by_name, fold
from beichen.plan.duties.tests.conftest import BY
from beichen.plan.duties.words import Nature
from beichen.plan.importer.facts import Node
from beichen.plan.models import Plan
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import TEXT, plan_facts
from beichen.problem import ProblemError


def test_binding_indicators_projects_and_lowest_headings_are_duties(plan: Plan) -> None:
    found = {(duty.kind, duty.title): duty.nature for duty in duties_of(plan)}
    assert found == {
        ("indicators", "绿道长度"): Nature.INDICATOR,
        ("projects", "星河公园工程"): Nature.PROJECT,
        ("projects", "北桥工程"): Nature.PROJECT,
    }


def _with_tasks(plan: Plan) -> None:
    end = len(TEXT)
    start = TEXT.index("第二篇")
    nodes = (
        Node("c1", "chapter", 1, "深化改革", "2.1", "2", start, start + 6, body_end=end),
        Node("s1", "section", 1, "放权", "2.1.1", "2.1", start, start + 6, body_end=end),
        Node("k1", "task", 1, "减少审批", "2.1.1#1", "2.1.1", start, start + 6, body_end=end),
        Node("c2", "chapter", 2, "修桥铺路", "2.2", "2", start, start + 6, body_end=end),
    )
    facts = plan_facts()
    import_facts(replace(facts, outline=(*facts.outline, *nodes)), "star", by=BY)
    open_duties(plan, by=BY)


def test_only_the_lowest_heading_of_a_working_part_is_a_duty(plan: Plan) -> None:
    _with_tasks(plan)
    found = {duty.title: (duty.nature, duty.part) for duty in duties_of(plan).filter(kind="outline")}
    assert found == {"减少审批": (Nature.MEASURE, "2"), "修桥铺路": (Nature.TASK, "2")}


def test_opening_again_writes_nothing(plan: Plan) -> None:
    before = AuditRecord.objects.count()
    changes = open_duties(plan, by=BY)
    assert not changes
    assert changes.unchanged == 3
    assert AuditRecord.objects.count() == before


def test_a_vanished_fact_leaves_its_duty_with_what_it_held(plan: Plan, park: Duty) -> None:
    facts = plan_facts()
    import_facts(replace(facts, projects=facts.projects[1:]), "star", by=BY)
    assert open_duties(plan, by=BY).removed == ["indicators/i1", "projects/p1"]
    park.refresh_from_db()
    assert park.vanished_at is not None
    assert park.lead is not None
    assert park not in duties_of(plan)
    import_facts(facts, "star", by=BY)
    open_duties(plan, by=BY)
    assert Duty.objects.get(pk=park.pk).vanished_at is None
    verbs = list(Step.objects.filter(duty=park).order_by("id").values_list("verb", flat=True))
    assert verbs == ["assigned", "vanished", "returned-to-plan"]


def test_a_changed_title_is_followed(plan: Plan, park: Duty) -> None:
    facts = plan_facts()
    renamed = replace(facts.projects[0], name="星河大公园工程")
    import_facts(replace(facts, projects=(renamed, facts.projects[1])), "star", by=BY)
    open_duties(plan, by=BY)
    park.refresh_from_db()
    assert park.title == "星河大公园工程"
    assert park.lead is not None


def test_a_body_that_the_passage_names_is_suggested_and_not_assigned(plan: Plan) -> None:
    start = TEXT.index("由市园林局")
    facts = plan_facts()
    project = replace(facts.projects[0], start=start, end=start + 12)
    import_facts(replace(facts, projects=(project, facts.projects[1])), "star", by=BY)
    open_duties(plan, by=BY)
    duty = Duty.objects.get(kind="projects", key="p1")
    assert duty.suggestion is not None
    assert duty.suggestion.key == "gardens"
    assert duty.lead is None


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("净月高新区", "长春净月高新技术产业开发区管理委员会"),
        ("长春经济技术开发区", "长春经济技术开发区管理委员会"),
        ("市园林局", "长春市园林局"),
        ("莲花山生态旅游度假区", "长春莲花山生态旅游度假区管理委员会"),
    ],
)
def test_short_and_full_names_fold_alike(short: str, full: str) -> None:
    assert fold(short, "长春市") == fold(full, "长春市")


def test_a_name_that_two_bodies_share_names_none() -> None:
    assert bodies_by_name([(1, "星河市园林局"), (2, "园林局"), (3, "教育局")], "星河市") == {"教育局": 3}


def test_what_is_imported_or_corrected_is_followed(plan: Plan, park: Duty) -> None:
    park.refresh_from_db()
    facts = plan_facts()
    import_facts(replace(facts, projects=facts.projects[1:]), "star", by=BY)
    for row in OutboxEvent.objects.filter(type="plan.facts.imported"):
        follow_plan(decode(row.payload))
    assert Duty.objects.get(pk=park.pk).vanished_at is not None


def test_the_public_opens_nothing(plan: Plan) -> None:
    load_roles(by=BY)
    with pytest.raises(ProblemError, match="ACC-403"):
        open_duties(plan, by=PUBLIC)
