"""Who sees which cases here is who sees them in the event hub, however it is asked."""

from __future__ import annotations

import pytest
from django.utils import timezone

from beichen.fronts.governance import reach
from beichen.fronts.governance.reach import cases_for, own_bodies
from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Escalate, Transfer
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC, Actor
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Region

POSTS = (
    ("attendant", "centre", city.CITY),
    ("attendant", "centre", city.EAST),
    ("officer", "east", city.EAST),
    ("officer", "roads", city.CITY),
    ("officer", "roads", city.WEST),
    ("officer", "gardens", city.CITY),
    ("supervisor", "government", city.CITY),
    ("supervisor", "government", city.EAST),
    ("planner", "government", city.CITY),
    ("administrator", "government", city.CITY),
)


def both(*posts: tuple[str, str, str]) -> Actor:
    """Somebody with several posts."""
    one = org.register_person("x", by=city.SETUP)
    for role, body, region in posts:
        place = Region.objects.get(code=region)
        org.appoint(one, role, Body.objects.get(key=body), place, by=city.SETUP)
    return org.actor_of(one)


@pytest.fixture
def cases() -> None:
    """Cases with different parts, in different regions, one of a higher level."""
    now = timezone.now()
    rows = [city.report(now=now, region=region).case for region in (city.EAST, city.WEST, city.STREET)]
    for row in rows:
        service.act(row.code, Accept(), by=city.SETUP, now=now)
    service.act(rows[0].code, Escalate(to="government", reason="x"), by=city.SETUP, now=now)
    service.act(rows[2].code, Transfer(lead="gardens", reason="x"), by=city.SETUP, now=now)
    city.report("x", now=now, region=city.CITY)
    Case.objects.filter(pk=rows[1].pk).update(level=3)


def same(by: Actor) -> bool:
    wanted = set(service.cases(by=by).values_list("pk", flat=True))
    return set(cases_for(by).values_list("pk", flat=True)) == wanted


@pytest.mark.parametrize("few", [0, 20_000])
def test_the_console_and_the_hub_agree(cases: None, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(reach, "FEW", few)
    actors = [city.person(role, body, region) for role, body, region in POSTS]
    actors += [
        both(POSTS[0], POSTS[2]),
        both(POSTS[4], POSTS[5]),
        both(POSTS[2], POSTS[6]),
        PUBLIC,
        city.SETUP,
    ]
    assert [by.name for by in actors if not same(by)] == []
    counts = {by.name: cases_for(by).count() for by in actors}
    assert counts["attendant of centre"] > counts["officer of gardens"] > 0


def test_own_bodies_are_those_of_posts() -> None:
    assert [body.key for body in own_bodies(both(POSTS[0], POSTS[3]))] == ["centre", "roads"]
    assert own_bodies(PUBLIC) == []
