"""An invented city with people, templates, groups and a roster; and real servers that take what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor, system
from beichen.kernel.org.models import Body, Person
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
from beichen.platforms.comms.service import Stock, load_stock
from beichen.platforms.comms.tests.servers import Gateway, MailServer, PushService
from beichen.settings import settings

BY = system("test")
ROW = {"channels": ["mail", "sms", "group"], "urgency": "normal", "values": []}
STOCK = Stock(
    templates={
        "dispatched": {
            **ROW,
            "subject_zh": "新任务 {code}",
            "subject_en": "New task {code}",
            "text_zh": "请办理：{title}",
            "text_en": "Please handle: {title}",
        },
        "note": {
            **ROW,
            "urgency": "low",
            "subject_zh": "知悉",
            "subject_en": "Note",
            "text_zh": "{{原样}} {title}",
            "text_en": "{{as is}} {title}",
        },
    },
    groups={
        "crew": {
            "name": "抢险队",
            "name_en": "Crew",
            "posts": [{"body": "water", "role": "officer", "region": "990102"}],
        },
        "reserve": {"name": "后备", "name_en": "Reserve", "posts": [{"body": "roads"}]},
    },
    rosters={
        "hotline": {
            "name": "热线值班",
            "name_en": "Hotline",
            "body": "water",
            "fallback": "reserve",
            "cover": [],
        },
        "gate": {"name": "闸门值班", "name_en": "Gate", "body": "water", "fallback": "", "cover": []},
    },
)
Make = Callable[..., Person]


@pytest.fixture
def city(db: None) -> None:
    load_roles(by=BY)
    regions = [RegionFacts("990100", "星河市", "city", name_en="Xinghe")]
    regions += [RegionFacts(code, code, "county", parent="990100") for code in ("990102", "990103")]
    load_regions(regions, by=BY)
    bodies = [BodyFacts(key, key, key, region="990100") for key in ("water", "roads")]
    load_bodies(bodies, by=BY)
    load_stock(STOCK, owner="city:star", by=BY)


@pytest.fixture
def make(city: None) -> Make:
    """A person with a post."""

    def person(
        name: str,
        body: str = "water",
        role: str = "officer",
        region: str = "990100",
        mail: str = "",
        phone: str = "",
    ) -> Person:
        found = register_person(name, by=BY, email=mail, phone=phone)
        appoint(found, role, Body.objects.get(key=body), region_by_code(region), by=BY)
        return found

    return person


def sign_in(person: Person) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(Account.objects.create_user(f"user-{person.pk}", person=person))
    return client


@pytest.fixture
def actor(make: Make) -> Callable[[str], Actor]:
    """An actor with a role."""
    return lambda role: actor_of(make(f"a {role}", role=role))


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set settings for the test: ``choose(sms_url="http://…")``."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BEICHEN_{name.upper()}", value)
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def mail_server(choose: Callable[..., None]) -> Iterator[MailServer]:
    with MailServer() as server:
        choose(smtp_url=server.url, public_url="https://star.example")
        yield server


@pytest.fixture
def gateway(choose: Callable[..., None]) -> Iterator[Gateway]:
    with Gateway() as server:
        choose(sms_url=f"{server.url}/send?to={{to}}", sms_secret="a shared secret")
        yield server


@pytest.fixture
def push_service(choose: Callable[..., None]) -> Iterator[PushService]:
    with PushService() as server:
        choose(push_hosts=server.url, public_url="https://star.example")
        yield server
