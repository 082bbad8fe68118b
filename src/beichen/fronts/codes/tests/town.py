"""A small town for the tests of codes: two readers, three entitlements, people, a lamp and a square."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from beichen.fronts.codes import service
from beichen.fronts.codes.declaring import load_card
from beichen.fronts.codes.models import Entitlement, Gate, Reader
from beichen.hubs.events.tests import city
from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.org.models import Body, Person, Region
from beichen.kernel.org.service import actor_of, appoint, city_region, register_person
from beichen.registry import service as registry
from beichen.registry.models import Object

BY = system("test")
NOW = datetime(2026, 3, 2, 2, 0, 10, tzinfo=UTC)  # a Monday, ten in the morning in the city
LIBRARY, BUS = "city-library", "city-bus"
READERS = {
    LIBRARY: {"name": "市图书馆", "name_en": "City library", "body": "gardens"},
    BUS: {"name": "公交集团", "name_en": "Buses", "body": "roads"},
}
_PLAIN: dict[str, Any] = {
    "about": "",
    "about_en": "",
    "days": 0,
    "is_open": False,
    "times": [],
    "counter": "",
    "counter_en": "",
    "start": None,
    "look": "blue",
    "board": [],
}
ENTITLEMENTS: dict[str, dict[str, Any]] = {
    "library-loan": {
        **_PLAIN,
        "name": "借阅",
        "name_en": "Loans",
        "grantor": "gardens",
        "readers": [LIBRARY],
        "is_open": True,
    },
    "bus-rides": {
        **_PLAIN,
        "name": "优惠乘车",
        "name_en": "Rides",
        "grantor": "roads",
        "readers": [BUS, LIBRARY],
        "days": 365,
        "counter": "次数",
        "counter_en": "Rides",
        "start": 2,
    },
    "off-peak": {
        **_PLAIN,
        "name": "平峰",
        "name_en": "Off peak",
        "grantor": "roads",
        "readers": [BUS],
        "is_open": True,
        "times": [{"days": [1, 2, 3, 4, 5], "from": "09:00", "until": "16:00"}],
    },
}


def build() -> None:
    """Regions, bodies, readers, entitlements."""
    city.build()
    load_card(READERS, ENTITLEMENTS, owner="scene:town", by=BY)


def thing(name: str = "灯一", kind: str = "Lamp", place: str = city.STREET, level: int = 1) -> Object:
    """A registered object with a place."""
    urn = f"urn:ngsi-ld:{kind}:{Object.objects.count() + 1}"
    attributes: dict[str, Any] = {
        "name": {"type": "Property", "value": name},
        "category": {"type": "Property", "value": "01-01"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [125.3, 43.9]}},
    }
    region = Region.objects.get(code=place)
    entity = registry.Entity(urn, [kind], None, attributes)
    registry.write_object(registry.Draft(entity, region=region, level=level), by=BY)
    return Object.objects.get(urn=urn)


def reader(key: str) -> Reader:
    """A reader by its key."""
    return Reader.objects.get(key=key)


def entitlement(key: str) -> Entitlement:
    """An entitlement by its key."""
    return Entitlement.objects.get(key=key)


def person(name: str = "li") -> Person:
    """Somebody with an account."""
    row = register_person(name, by=BY)
    Account.objects.create_user(name, password="long-enough-secret", person=row)
    return row


def officer(role: str, body: str = "government", name: str = "") -> tuple[Client, Actor]:
    """Somebody at work, signed in, and the actor that they are."""
    row, place = person(name or f"{role}-{body}"), city_region()
    assert place is not None
    appoint(row, role, Body.objects.get(key=body), place, by=BY)
    return signed_in(row), actor_of(row)


def signed_in(row: Person) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(Account.objects.get(person=row))
    return client


def gate(
    key: str = "door-1", who: str = LIBRARY, opens: tuple[str, ...] = ("library-loan",), takes: bool = False
) -> tuple[Gate, str]:
    """A gate and its key."""
    facts = service.GateFacts(key, f"门 {key}", who, f"{key} 处", opens, takes)
    return service.enter_gate(facts, by=BY)


def role(name: str, body: str = "", region: str = "") -> Actor:
    """Somebody who holds a role."""
    return Actor("person:TEST", "Test", (Scope(name, body, region), Scope("public")), address="10.0.0.9")


def shown(
    row: Person, key: str = "library-loan", to: str = LIBRARY, now: datetime = NOW, count: int = 1
) -> list[str]:
    """The codes that the person shows from now on."""
    return [one.text for one in service.make_codes(row, entitlement(key), reader(to), now=now, count=count)]


def read(text: str, at: Gate, now: datetime = NOW) -> service.Answer:
    """The answer of a gate."""
    return service.read_codes([service.Brought(text)], service.point_of(at), by=BY, now=now)[0]
