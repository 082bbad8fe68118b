"""The invented city of the room's tests: a plan of two lines, some values, a plan officer."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from beichen.hubs.data.service import IndicatorFacts, ValueFacts, define_indicators, record_values
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
from beichen.plan.models import Plan
from beichen.plan.service import MeasureFacts, import_facts, load_measures
from beichen.plan.tests.facts import plan_facts

BY = system("test")
HEAD = ("指标", "地区", "时期", "数值", "单位", "来源")


def build_plan() -> Plan:
    """The plan; its first line is measured by `greenways`, its second by nothing."""
    load_roles(by=BY)
    regions = [RegionFacts("990100", "星河市", "city"), RegionFacts("990102", "东区", "county", "990100")]
    load_regions(regions, by=BY)
    import_facts(plan_facts(), "star", by=BY, region=region_by_code("990100"))
    facts = [
        IndicatorFacts("greenways", "绿道", "Greenways", "higher", "last", unit="公里"),
        IndicatorFacts("grain", "粮食产量", "Grain", "higher", "sum", unit="万吨"),
    ]
    define_indicators(facts, owner="city:star", by=BY)
    plan = Plan.objects.select_related("region").get()
    load_measures(plan, [MeasureFacts(1, "绿道长度", "higher", "greenways")], by=BY)
    return plan


def officer() -> Account:
    """A plan officer of the city."""
    load_bodies([BodyFacts("planning", "规划局", region="990100")], by=BY)
    person = register_person("李", by=BY)
    appoint(person, "planner", Body.objects.get(), region_by_code("990100"), by=BY)
    return Account.objects.create_user("li", password="long-enough-secret", person=person)


def greenways(**values: float) -> None:
    """Record lengths by year: ``greenways(y2021=44)``."""
    facts = [
        ValueFacts("greenways", "990100", year[1:], Decimal(str(value)), "公里", "统计公报")
        for year, value in values.items()
    ]
    record_values(facts, owner="city:star", by=BY)


def sheet(*rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> bytes:
    """An xlsx file of values."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (head, *rows):
        page.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()
