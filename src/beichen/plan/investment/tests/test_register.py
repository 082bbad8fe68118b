"""The register follows the plan's boxes; people's own words stay."""

from __future__ import annotations

import pytest
from django.db import transaction

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.bus.service import publish
from beichen.kernel.org.models import Body
from beichen.plan.investment.models import Change, Investment
from beichen.plan.investment.service import (
    add_project,
    change_project,
    investment,
    investments,
    register_projects,
)
from beichen.plan.investment.subscribers import follow_boxes
from beichen.plan.investment.tests.city import BY, load_plan, officer, project
from beichen.plan.models import Plan
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return load_plan()


def test_each_project_of_a_box_has_its_row(plan: Plan) -> None:
    found = list(investments(plan))
    assert [(row.key, row.kind, row.name, row.part, row.box) for row in found] == [
        ("p1", "projects", "星河公园工程", "2", "专栏2"),
        ("p2", "projects", "北桥工程", "2", "专栏2"),
    ]
    assert [row.stage for row in found] == ["", ""], "nothing is known before it is reported"
    records = AuditRecord.objects.count()
    assert not register_projects(plan, by=BY)
    assert AuditRecord.objects.count() == records


def test_a_project_that_the_text_drops_leaves_the_register_and_comes_back(plan: Plan) -> None:
    change_project(project("p2"), {"total": "120"}, by=BY)
    import_facts(plan_facts(projects=plan_facts().projects[:1]), "star", by=BY)
    assert register_projects(plan, by=BY).removed == ["p2"]
    assert [row.key for row in investments(plan)] == ["p1"]
    import_facts(plan_facts(), "star", by=BY)
    register_projects(plan, by=BY)
    assert [(row.key, row.total) for row in investments(plan)][1] == ("p2", 120)


def test_the_import_of_a_plan_is_followed(plan: Plan) -> None:
    Investment.objects.all().delete()
    with transaction.atomic():
        event = publish("plan.facts.imported", "star", {"plan": "star"}, by=BY)
    follow_boxes(event)
    assert investments(plan).count() == 2


def test_a_site_is_added_below_a_project(plan: Plan) -> None:
    site = add_project(plan, "星河公园东门", by=BY, parent=project())
    assert (site.part, site.box, site.parent_id) == ("2", "专栏2", project().pk)
    assert [row.name for row in investments(plan)] == ["星河公园工程", "星河公园东门", "北桥工程"]


def test_a_change_keeps_its_history_record_and_event(plan: Plan) -> None:
    row = project()
    values = {"total": "1234.5", "starts": "2021年3月", "ends": "2025", "lead": Body.objects.get(key="parks")}
    told = change_project(row, values, by=BY, reason="首次填报")
    assert told["total"] == [None, "1234.5"]
    assert told["starts"] == ["", "2021-03"]
    assert Change.objects.get().reason == "首次填报"
    assert AuditRecord.objects.filter(action="plan.investment.change").count() == 1
    assert OutboxEvent.objects.filter(type="plan.investment.changed").count() == 1
    assert change_project(row, values, by=BY) == {}
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"stage": "building"}, {"stage"}),
        ({"total": "-1", "starts": "soon"}, {"total", "starts"}),
        ({"starts": "2025", "ends": "2021-03"}, {"ends"}),
        ({"geometry": {"type": "Point", "coordinates": [43.9, 125.3]}}, {"geometry"}),
        ({"geometry": {"type": "Circle"}}, {"geometry"}),
        ({"geometry": {"type": "Point", "coordinates": ["x"]}}, {"geometry"}),
        ({"nature": "beautiful"}, {"nature"}),
        ({"name": ""}, {"name"}),
        ({"land_state": "none", "land_area": "3"}, {"land_area"}),
    ],
)
def test_what_does_not_fit_is_refused_with_every_mistake(
    plan: Plan, values: dict[str, object], fields: set[str]
) -> None:
    with pytest.raises(ProblemError) as error:
        change_project(project(), values, by=BY)
    assert {problem.where.field for problem in error.value.problems} == fields
    assert {problem.code for problem in error.value.problems} == {"PLN-602"}
    assert not Change.objects.exists()


def test_an_unknown_project_is_not_found(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="PLN-601"):
        investment(plan, "nothing")


def test_officers_write_for_their_own_body_and_planners_for_all(plan: Plan) -> None:
    change_project(project("p1"), {"lead": Body.objects.get(key="parks")}, by=BY)
    gardener, planner = officer("officer", "parks"), officer("planner", "planning")
    change_project(project("p1"), {"progress": "主体完工"}, by=gardener)
    with pytest.raises(ProblemError, match="ACC-403"):
        change_project(project("p2"), {"progress": "主体完工"}, by=gardener)
    change_project(project("p2"), {"progress": "主体完工"}, by=planner)
    with pytest.raises(ProblemError, match="ACC-403"):
        add_project(plan, "新项目", by=gardener)
