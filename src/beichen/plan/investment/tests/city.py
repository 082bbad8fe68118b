"""A small invented plan with its register, two bodies, and people who plan, report and read."""

from __future__ import annotations

from datetime import date
from typing import Any

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
from beichen.plan.investment.declared import GATE
from beichen.plan.investment.models import Investment
from beichen.plan.investment.service import investment, register_projects, set_approval
from beichen.plan.models import Plan
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts

BY = system("test")
TODAY = date(2024, 6, 30)


def load_plan() -> Plan:
    """The plan of Xinghe with its two projects registered."""
    load_roles(by=BY)
    load_regions(
        [
            RegionFacts("990100", "星河市", "city", name_en="Xinghe"),
            RegionFacts("990102", "南星区", "county", parent="990100", name_en="Nanxing"),
        ],
        by=BY,
    )
    load_bodies(
        [BodyFacts("planning", "发改委", region="990100"), BodyFacts("parks", "市园林局", region="990100")],
        by=BY,
    )
    import_facts(plan_facts(), "star", by=BY, region=region_by_code("990100"))
    plan = Plan.objects.select_related("region").get(key="star")
    register_projects(plan, by=BY)
    return plan


def project(key: str = "p1") -> Investment:
    """A project of the register."""
    return investment(Plan.objects.select_related("region").get(key="star"), key)


def officer(role: str, body: str) -> Actor:
    """Someone with a post."""
    person = register_person("李", by=BY)
    appoint(person, role, Body.objects.get(key=body), region_by_code("990100"), by=BY)
    return actor_of(person)


def approve(row: Investment, **values: Any) -> None:
    """Grant every approval of the gate."""
    for kind in GATE:
        set_approval(row, kind, "granted", number="星批〔2023〕1号", on=date(2023, 1, 5), by=BY, **values)
