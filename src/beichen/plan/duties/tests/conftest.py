"""An invented city with its plan opened into duties, a planner, and an officer of one bureau."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor, system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    actor_of,
    appoint,
    load_bodies,
    load_regions,
    region_by_code,
    register_person,
)
from beichen.plan.duties.models import Duty
from beichen.plan.duties.service import Assignment, assign_duties, open_duties
from beichen.plan.models import Plan
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import indicator, plan_facts

BY = system("test")
BODIES = [
    BodyFacts("government", "星河市人民政府", "Government of Xinghe", region="990100"),
    BodyFacts("gardens", "星河市园林局", "Gardens Bureau", parent="government", region="990100"),
    BodyFacts("roads", "星河市交通局", "Roads Bureau", parent="government", region="990100"),
    BodyFacts("north", "北区人民政府", "North District", parent="government", region="990102"),
]


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    """A moment in the city's time."""
    return timezone.make_aware(datetime(year, month, day, hour))


@pytest.fixture
def plan(db: None) -> Plan:
    load_roles(by=BY)
    load_regions(
        [RegionFacts("990100", "星河市", "city"), RegionFacts("990102", "北区", "county", parent="990100")],
        by=BY,
    )
    load_bodies(BODIES, by=BY)
    facts = plan_facts(
        indicators=(
            indicator(1, "绿道长度", "绿道长度（公里） 40 80 预期性", attribute="binding"),
            indicator(2, "地区生产总值增长", "地区生产总值增长（%） 6 预期性"),
        )
    )
    import_facts(facts, "star", by=BY, region=region_by_code("990100"))
    found = Plan.objects.select_related("region").get()
    open_duties(found, by=BY)
    return found


@pytest.fixture
def park(plan: Plan) -> Duty:
    """A project that the gardens bureau leads since 2021."""
    duty = Duty.objects.select_related("plan__region").get(plan=plan, kind="projects", key="p1")
    body = Body.objects.get(key="gardens")
    wanted = Assignment(duty, body, deadline=date(2025, 6, 30))
    assign_duties(plan, [wanted], reason="常务会议", by=BY, now=at(2021, 3, 1))
    return duty


Appoint = Callable[..., Actor]


@pytest.fixture
def actor(plan: Plan) -> Appoint:
    """An actor with a role at a body, for a region."""

    def make(role: str, body: str, region: str = "990100") -> Actor:
        person = register_person(f"{role} {body}", by=BY)
        appoint(person, role, Body.objects.get(key=body), region_by_code(region), by=BY)
        return actor_of(person)

    return make


def sign_in(role: str, body: str, region: str = "990100") -> Client:
    """A browser signed in as somebody with a role at a body."""
    person = register_person(f"{role} {body}", by=BY)
    appoint(person, role, Body.objects.get(key=body), region_by_code(region), by=BY)
    client = Client()
    client.force_login(Account.objects.create_user(f"{role}-{body}", person=person))
    return client


@pytest.fixture
def planner(plan: Plan) -> Client:
    return sign_in("planner", "government")


@pytest.fixture
def gardener(plan: Plan) -> Client:
    return sign_in("officer", "gardens")
