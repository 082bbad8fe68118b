"""Importing a plan's facts, correcting and confirming them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.plan.corrections import BAD_VALUE, NO_FACT, NO_REASON, NOT_CORRECTABLE
from beichen.plan.imports import OUTSIDE
from beichen.plan.models import BodyMention, Correction, Plan, PlanIndicator, Project, Target
from beichen.plan.service import (
    confirm_fact,
    correct_fact,
    current_plan,
    facts_between,
    import_facts,
    source_text,
)
from beichen.plan.tests.facts import TEXT, plan_facts
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
PLANNER = Actor("person:P", "Li", (Scope("planner"), Scope("public")))


@pytest.fixture
def plan() -> Plan:
    load_roles(by=BY)
    import_facts(plan_facts(), "star", by=BY)
    found = current_plan()
    assert found is not None
    return found


def test_a_plan_is_imported_with_every_fact_in_its_place(plan: Plan) -> None:
    assert (plan.key, plan.start_year, plan.end_year) == ("star", 2021, 2025)
    assert source_text(plan) == TEXT
    found = facts_between(plan, 0, len(TEXT))
    assert [kind for kind, *_ in found] == [
        "targets",
        "bodies",
        "indicators",
        "indicators",
        "projects",
        "projects",
    ]
    _kind, fact, start, end = found[0]
    assert (TEXT[start:end], str(fact)) == ("绿道长度达到80公里", "绿道 长度")
    assert BodyMention.objects.count() == 1


def test_importing_again_writes_nothing(plan: Plan) -> None:
    records = AuditRecord.objects.count()
    changes = import_facts(plan_facts(), "star", by=BY)
    assert not changes
    assert changes.unchanged == 11
    assert AuditRecord.objects.count() == records


def test_a_changed_text_changes_only_its_facts(plan: Plan) -> None:
    facts = plan_facts()
    target = replace(facts.targets[0], value=90.0)
    changes = import_facts(replace(facts, targets=(target,), projects=facts.projects[:1]), "star", by=BY)
    assert (changes.changed, changes.removed) == (["targets/t1"], ["projects/p2"])
    assert Target.objects.get().value == 90.0


def test_a_correction_survives_a_re_import_and_the_imported_value_is_kept(plan: Plan) -> None:
    correct_fact(plan, "targets", "t1", "value", 85, reason="扫描错误", by=PLANNER)
    facts = plan_facts()
    import_facts(replace(facts, targets=(replace(facts.targets[0], value=90.0),)), "star", by=BY)
    row = Target.objects.get()
    assert (row.value, row.imported["value"]) == (85.0, 90.0)
    assert not row.is_checked, "what the text states has changed since it was checked"
    correction = Correction.objects.get()
    assert (correction.old, correction.new, correction.by, correction.reason) == (
        80.0,
        85.0,
        "person:P",
        "扫描错误",
    )


def test_a_correction_waits_for_a_fact_that_vanished(plan: Plan) -> None:
    correct_fact(plan, "projects", "p2", "name", "北大桥工程", reason="名称不全", by=PLANNER)
    facts = plan_facts()
    import_facts(replace(facts, projects=facts.projects[:1]), "star", by=BY)
    import_facts(facts, "star", by=BY)
    assert Project.objects.get(key="p2").name == "北大桥工程"


def test_moving_a_fact_leaves_it_checked(plan: Plan) -> None:
    confirm_fact(plan, "projects", "p1", by=PLANNER)
    facts = plan_facts()
    moved = replace(facts.projects[0], start=facts.projects[0].start + 1)
    import_facts(replace(facts, projects=(moved, facts.projects[1])), "star", by=BY)
    assert Project.objects.get(key="p1").is_checked


def test_the_same_value_is_no_correction(plan: Plan) -> None:
    assert correct_fact(plan, "targets", "t1", "value", "80", reason="无", by=PLANNER) is None
    assert not Correction.objects.exists()


def test_an_empty_number_becomes_unknown(plan: Plan) -> None:
    correct_fact(plan, "indicators", "i1", "base_value", "", reason="表中没有", by=PLANNER)
    assert PlanIndicator.objects.get(key="i1").base_value is None


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (("villages", "t1", "value", 1), "x", NO_FACT),
        (("targets", "t9", "value", 1), "x", NO_FACT),
        (("targets", "t1", "start", 1), "x", NOT_CORRECTABLE),
        (("targets", "t1", "value", "many"), "x", BAD_VALUE),
        (("targets", "t1", "value", 1), " ", NO_REASON),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    plan: Plan, arguments: tuple[str, str, str, object], reason: str, code: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        correct_fact(plan, *arguments, reason=reason, by=PLANNER)
    assert caught.value.problems[0].code == code
    assert not Correction.objects.exists()


def test_the_public_corrects_nothing_and_learns_who_may(plan: Plan) -> None:
    with pytest.raises(ProblemError) as caught:
        correct_fact(plan, "targets", "t1", "value", 1, reason="x", by=PUBLIC)
    assert "规划管理员" in caught.value.problems[0].hint
    with pytest.raises(ProblemError):
        import_facts(plan_facts(), "star", by=PUBLIC)


def test_facts_that_say_the_same_are_told_apart_by_their_order() -> None:
    facts = plan_facts()
    twin = replace(facts.projects[1], key="p1")
    import_facts(replace(facts, projects=(facts.projects[0], twin)), "star", by=BY)
    keys = Project.objects.order_by("position").values_list("key", "name")
    assert list(keys) == [("p1", "星河公园工程"), ("p1-2", "北桥工程")]


def test_a_fact_outside_the_text_imports_nothing() -> None:
    facts = plan_facts()
    with pytest.raises(ProblemError) as caught:
        import_facts(replace(facts, targets=(replace(facts.targets[0], end=99999),)), "star", by=BY)
    assert [problem.code for problem in caught.value.problems] == [OUTSIDE]
    assert not Plan.objects.exists()
