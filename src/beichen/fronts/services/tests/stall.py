"""Items, bundles and a window of the invented city, over processes told shortly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.items.models import ServiceItem
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.town import MONDAY, SETUP, words
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region

QUESTION: dict[str, Any] = {"name": words("问", "Question"), "type": "boolean"}
PERMIT: dict[str, Any] = {
    "name": words("建筑许可", "Building permit"),
    "about": words("盖房子", "For a building"),
    "body": "planning",
    "audience": ["firm"],
    "events": ["building"],
    "words": ["开工证", "施工许可"],
    "ask": {"has_land": {**QUESTION, "name": words("有土地", "There is land")}},
    "conditions": [{"when": "has_land", "otherwise": words("先取得土地", "Get the land first")}],
    "materials": {
        "identity": {"name": words("身份证明", "Identity"), "from": "person.id_number"},
        "drawings": {"name": words("图纸", "Drawings"), "form": "original"},
        "fire": {"name": words("消防文件", "Fire design"), "required": "area_m2 > 1000.0"},
    },
    "fee": {
        "basis": words("价格规则", "Price rule"),
        "amounts": [
            {"when": "area_m2 > 1000.0", "yuan": 100.5, "name": words("大", "Large")},
            {"yuan": 20},
        ],
        "free": [{"when": "has_land && area_m2 < 10.0", "name": words("小额免收", "Tiny: free")}],
    },
    "promised": "8d",
    "legal": "20d",
    "result": {"name": words("许可证", "Permit"), "delivery": ["window", "online"]},
    "good": ["granted"],
    "visits": 1,
    "windows": ["hall"],
    "faq": [{"question": words("多久？", "How long?"), "answer": words("八天", "Eight days")}],
    "basis": [{"name": words("建筑法", "Building law"), "url": "https://law.example/building"}],
    "process": "permit",
}
LICENCE: dict[str, Any] = {
    "name": words("营业执照", "Business licence"),
    "body": "window",
    "audience": ["person"],
    "events": ["founding"],
    "words": ["注册公司"],
    "materials": {"articles": {"name": words("章程", "Articles")}},
    "good": ["granted"],
    "process": "licence",
}
SEAL: dict[str, Any] = {
    "name": words("公章备案", "Seal"),
    "body": "fire",
    "audience": ["person", "firm"],
    "materials": {"articles": {"name": words("章程", "Articles")}},
    "good": ["granted"],
    "process": "seal",
}
TAX: dict[str, Any] = {
    "name": words("税务登记", "Tax"),
    "body": "planning",
    "audience": ["firm"],
    "good": ["granted"],
    "process": "tax",
}
BUNDLE: dict[str, Any] = {
    "name": words("开办企业一件事", "Starting a firm"),
    "promised": "3d",
    "items": {
        "licence": {},
        "seal": {"after": ["licence"]},
        "tax": {"after": ["seal"], "when": "number > 0.0"},
    },
}
HALL: dict[str, Any] = {
    "name": words("政务大厅", "Service hall"),
    "body": "window",
    "region": town.CITY,
    "hours": [{"from": "09:00", "to": "11:00"}, {"from": "13:00", "to": "14:00"}],
    "slot": "30m",
    "capacity": 2,
    "counters": 3,
    "ahead": 10,
    "letter": "A",
}
DATA = {"project": "文化中心", "area_m2": 2000}
ANSWERS = {"has_land": True}


def process(key: str, lane: str, ends: str = "granted refused") -> None:
    """A process of one step at one lane; its outcome is its end."""
    first, *others = ends.split()
    pairs = ["begin look", "look decided", f"decided {first}"]
    pairs += [f"decided {end}: look.outcome == '{end}'" for end in others]
    nodes = "".join(f'<endEvent id="{end}"/>' for end in ends.split())
    body = (
        '<startEvent id="begin"/><userTask id="look"/><exclusiveGateway id="decided" default="f2"/>'
        + nodes
        + town.flow(*pairs)
    )
    town.simple(
        key,
        town.diagram(body, lanes={lane: "look"}, key=key),
        steps={"look": {"outcomes": {end: words(end, end) for end in ends.split()}}},
        ends=ends,
    )


def build() -> None:
    """The town with its items."""
    town.build()
    for key, lane in (("licence", "window"), ("seal", "fire"), ("tax", "planning")):
        process(key, lane)
    declare({"permit": PERMIT, "licence": LICENCE, "seal": SEAL, "tax": TAX})


def declare(entries: Mapping[str, Any], *, bundles: Mapping[str, Any] | None = None) -> None:
    """Declare these items, the bundle and the hall."""
    declare_items(entries, bundles or {"firm": BUNDLE}, {"hall": HALL}, scene="permits", by=SETUP)


def place(code: str = town.CITY) -> Region:
    """A region of the town."""
    return Region.objects.get(code=code)


def papers(**hows: str) -> list[items.Given]:
    """Papers as they came in."""
    return [items.Given(key, items.How(how)) for key, how in hows.items()]


def apply(
    item: str = "permit",
    data: Mapping[str, Any] | None = None,
    *,
    by: Actor = SETUP,
    key: str = "",
    now: datetime = MONDAY,
    **more: Any,
) -> Affair:
    """An application for an item, on Monday morning."""
    values = DATA if data is None else data
    return items.apply(item, values, "FIRM-1", place(), by=by, key=key, now=now, **more)


def row(key: str = "permit") -> ServiceItem:
    """An item."""
    return items.item(key)
