"""A small invented city for the tests of the event hub: regions, bodies, people at work, kinds of event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from beichen.hubs.events import service
from beichen.kernel.access import service as access
from beichen.kernel.actor import PUBLIC, Actor, system
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Region

SETUP = system("test")
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2025, 6, 9, 9, 0, tzinfo=ZONE)  # an ordinary working week
CITY, EAST, WEST, STREET = "990100", "990102", "990103", "990102001"
REGIONS = (
    org.RegionFacts(CITY, "星河市", "city", name_en="Xinghe"),
    org.RegionFacts(EAST, "东区", "county", CITY, "East"),
    org.RegionFacts(WEST, "西区", "county", CITY, "West"),
    org.RegionFacts(STREET, "东大街", "street", EAST, "East Street"),
)
BODIES = (
    org.BodyFacts("government", "星河市人民政府", "Government", "government", region=CITY),
    org.BodyFacts("centre", "星河市指挥中心", "Centre", "event-centre", "government", CITY),
    org.BodyFacts("gardens", "星河市园林局", "Gardens", "department", "government", CITY),
    org.BodyFacts("roads", "星河市道路局", "Roads", "department", "government", CITY),
    org.BodyFacts("east", "东区城管局", "East city management", "urban-management", "government", EAST),
)
KINDS: dict[str, dict[str, Any]] = {
    "works.road-damaged": {
        "name": {"zh": "道路破损", "en": "Damaged road"},
        "category": "01-01",
        "public": True,
        "keywords": ["坑", "路面"],
        "grade": {"default": 4, "escalate": [{"when": "text like '%塌陷%'", "to": 2}]},
        "same_as": {"within": "80m", "during": "3d"},
        "route": [
            {"region": "990102*", "to": "east", "support": ["roads"]},
            {"grade": [1, 2], "to": "roads"},
            {"to": "roads"},
        ],
        "deadlines": {"accept": "15m", "dispatch": "1h", "handle": "8h", "verify": "4h", "feedback": "1d"},
    },
    "works.tree-fallen": {
        "name": {"zh": "树木倒伏", "en": "Fallen tree"},
        "category": "02",
        "public": True,
        "accept": "automatic",
        "verify": False,
        "route": [{"to": {"kind": "urban-management", "at": "county"}}, {"to": "gardens"}],
        "deadlines": {"handle": "2d", "working": True},
        "needs": ["photo"],
        "steps": [{"key": "made-safe", "name": {"zh": "设置警示", "en": "Made safe"}}],
        "ask": {
            "height_m": {"name": {"zh": "树高", "en": "Height"}, "type": "number"},
            "blocks": {
                "name": {"zh": "影响", "en": "Blocks"},
                "type": "singlevaluelist",
                "required": True,
                "choices": {"road": {"zh": "道路", "en": "Road"}, "nothing": {"zh": "无", "en": "Nothing"}},
            },
        },
        "result": {"cause": {"name": {"zh": "原因", "en": "Cause"}, "required": True}},
    },
    "works.internal": {"name": {"zh": "内部事件", "en": "Internal"}, "on": ["sensor.>"], "verify": False},
}
CATEGORIES: dict[str, dict[str, Any]] = {
    "01": {"zh": "市政", "en": "Works"},
    "01-01": {"zh": "道路", "en": "Roads", "keywords": ["路面", "坑"]},
    "02": {"zh": "绿化", "en": "Greenery", "keywords": ["树"]},
}


def build() -> None:
    """Everything that the city has."""
    org.load_regions(REGIONS, by=SETUP)
    org.load_bodies(BODIES, by=SETUP)
    access.load_roles(by=SETUP)
    service.declare_categories(CATEGORIES, scene="works", by=SETUP)
    service.declare_kinds(KINDS, scene="works", by=SETUP)


def person(role: str, body: str, region: str = CITY) -> Actor:
    """Somebody who holds ``role`` at ``body`` for ``region``."""
    one = org.register_person(f"{role} of {body}", by=SETUP)
    place = Region.objects.get(code=region)
    org.appoint(one, role, Body.objects.get(key=body), place, by=SETUP)
    return org.actor_of(one)


def attendant() -> Actor:
    """Who takes calls and accepts at the centre."""
    return person("attendant", "centre")


def report(
    text: str = "路面有一个大坑", *, now: datetime = MONDAY, by: Actor = PUBLIC, **facts: Any
) -> service.Receipt:
    """A report of a damaged road in the east, unless ``facts`` say otherwise."""
    values: dict[str, Any] = {"channel": "web", "kind": "works.road-damaged", "region": EAST} | facts
    return service.receive(service.ReportDraft(text=text, **values), by=by, now=now)
