"""What year plans refuse, each with its code, and that nothing is kept of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import RegionFacts, load_regions, region_by_code
from beichen.plan.models import Plan
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts
from beichen.plan.years import service
from beichen.plan.years.models import YearPlan
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def plan() -> Plan:
    load_roles(by=BY)
    load_regions([RegionFacts("990100", "星河市", "city")], by=BY)
    import_facts(plan_facts(), "star", by=BY, region=region_by_code("990100"))
    return Plan.objects.select_related("region").get()


@pytest.fixture
def draft(plan: Plan) -> YearPlan:
    return service.draft_year(plan, 2024, by=BY)


def test_a_year_outside_the_plan(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="PLN-412"):
        service.draft_year(plan, 2026, by=BY)


def test_a_second_draft(plan: Plan, draft: YearPlan) -> None:
    with pytest.raises(ProblemError, match="PLN-411"):
        service.draft_year(plan, 2024, by=BY)


def test_a_change_of_an_adopted_version(draft: YearPlan) -> None:
    row = draft.targets.order_by("position")[0]
    service.adopt(draft, note="会议", by=BY)
    draft.refresh_from_db()
    for act in (
        lambda: service.change_target(draft, row.pk, Decimal(1), reason="x", by=BY),
        lambda: service.allot(draft, row.pk, "equal", reason="x", by=BY),
        lambda: service.adopt(draft, note="x", by=BY),
        lambda: service.discard_draft(draft, by=BY),
    ):
        with pytest.raises(ProblemError, match="PLN-413"):
            act()
    assert draft.targets.get(pk=row.pk).value == row.value


def test_a_target_that_is_not_there(draft: YearPlan) -> None:
    with pytest.raises(ProblemError, match="PLN-414"):
        service.change_target(draft, 0, Decimal(1), reason="x", by=BY)


def test_a_change_without_a_reason_or_a_number(draft: YearPlan) -> None:
    row = draft.targets.order_by("position")[0]
    with pytest.raises(ProblemError, match="PLN-415"):
        service.change_target(draft, row.pk, Decimal(1), reason="  ", by=BY)
    with pytest.raises(ProblemError, match="PLN-416"):
        service.change_target(draft, row.pk, Decimal("NaN"), reason="x", by=BY)


def test_a_line_that_the_table_does_not_have(plan: Plan) -> None:
    with pytest.raises(ProblemError, match="PLN-417"):
        service.choose_nature(plan, "99", service.Nature.KEEP, reason="x", by=BY)
