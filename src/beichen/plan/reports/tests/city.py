"""A small invented city with a plan, a value, two planners and an overseer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from beichen.hubs.data.service import IndicatorFacts, ValueFacts, define_indicators, record_values
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
from beichen.plan.models import Plan
from beichen.plan.reports.document import Document
from beichen.plan.reports.models import Report
from beichen.plan.reports.service import (
    Order,
    approve_report,
    make_report,
    order_report,
    publish_report,
    submit_report,
    write_report,
)
from beichen.plan.service import MeasureFacts, import_facts, load_measures
from beichen.plan.tests.facts import plan_facts

BY = system("test")
DAY = date(2026, 1, 15)


def build_city() -> Plan:
    """The city 星河 with two districts, its plan, and real values of 2021 to 2023."""
    load_roles(by=BY)
    regions = [
        RegionFacts("990100", "星河市", "city", name_en="Xinghe"),
        RegionFacts("990102", "东湖区", "county", parent="990100", name_en="Donghu"),
    ]
    load_regions(regions, by=BY)
    bodies = [
        BodyFacts("planning", "规划局", name_en="Planning Bureau", region="990100"),
        BodyFacts("parks", "园林局", name_en="Parks Bureau", region="990100"),
        BodyFacts("committee", "星河市人大常委会", kind="congress", region="990100"),
    ]
    load_bodies(bodies, by=BY)
    import_facts(plan_facts(), "star", by=BY, region=region_by_code("990100"))
    define_indicators(
        [IndicatorFacts("greenways", "绿道", "Greenways", "higher", "last", unit="公里")],
        owner="city:star",
        by=BY,
    )
    value: Any = {"indicator": "greenways", "region": "990100", "unit": "公里"}
    record_values(
        [
            ValueFacts(period="2021", value=Decimal(45), source_title="=公报 2021", **value),
            ValueFacts(period="2022", value=Decimal(56), source_title="公报 2022", **value),
            ValueFacts(period="2023", value=Decimal("57.5"), source_title="公报 2023", **value),
        ],
        owner="city:star",
        by=BY,
    )
    plan = Plan.objects.select_related("region").get()
    load_measures(plan, [MeasureFacts(1, "绿道长度", "higher", "greenways", note="定义相同。")], by=BY)
    return plan


def person(name: str, role: str, body: str = "planning", region: str = "990100") -> Actor:
    """An actor with one post."""
    found = register_person(name, by=BY)
    appoint(found, role, Body.objects.get(key=body), region_by_code(region), by=BY)
    return actor_of(found)


def written(plan: Plan, year: int = 2023, **said: Any) -> Document:
    """A document of the invented plan, on a fixed day."""
    return write_report(plan, Order(year, **said), made_on=DAY)


def made(plan: Plan, by: Actor, **said: Any) -> Report:
    """A report that is ordered and made."""
    report = order_report(plan, Order(said.pop("year", 2023), **said), by=by)
    return make_report(report.code)


def published(plan: Plan, by: Actor, approver: Actor, **said: Any) -> Report:
    """A report that went the whole way."""
    report = submit_report(made(plan, by, **said), by=by)
    return publish_report(approve_report(report, by=approver), by=approver)
