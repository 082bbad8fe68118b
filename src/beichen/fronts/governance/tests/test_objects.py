"""A scanned code fills the form: place, district, kind of event; for who may, of what they may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.governance.tests.conftest import signed_in
from beichen.hubs.events import service as events
from beichen.hubs.events.objects import LONGEST, code_in
from beichen.hubs.events.tests import city
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Region
from beichen.registry import service as registry
from beichen.registry.models import Object

POINT = {"type": "Point", "coordinates": [125.3, 43.9]}


def registered(level: Level = Level.L1, place: Any = POINT, **values: Any) -> Object:
    """A cover with its place and category, in the east."""
    urn = f"urn:ngsi-ld:Cover:{Object.objects.count() + 1}"
    attributes: dict[str, Any] = {
        name: {"type": "Property", "value": value} for name, value in values.items()
    }
    attributes["location"] = {"type": "GeoProperty", "value": place}
    east = Region.objects.get(code=city.STREET)
    draft = registry.Draft(registry.Entity(urn, ["Cover"], None, attributes), region=east, level=level.value)
    registry.write_object(draft, by=city.SETUP)
    return Object.objects.get(urn=urn)


def looked(client: Client, code: str) -> tuple[int, Any]:
    answer = client.get("/console/objects", {"code": code}, headers={"Accept": "application/json"})
    return answer.status_code, answer.json()


@pytest.mark.parametrize("role", ["attendant", "grid-worker"])
def test_an_objects_code_says_where_and_what(role: str) -> None:
    row = registered(category="01-01")
    client = signed_in(role, "centre" if role == "attendant" else "east")[0]
    wanted = {
        "code": row.code,
        "name": row.code,
        "kind": "works.road-damaged",
        "region": city.EAST,
        "address": row.code,
        "longitude": 125.3,
        "latitude": 43.9,
    }
    for text in (row.code, row.code.lower(), row.urn, f"https://city.example/c/{row.code}?from=label"):
        assert looked(client, text) == (200, wanted)


def test_what_the_object_does_not_say_stays_open(attendant: Client) -> None:
    line = {"type": "LineString", "coordinates": [[125.3, 43.9], [125.4, 43.9]]}
    events.declare_kinds(
        {"works.other": {"name": {"zh": "甲", "en": "A"}, "category": "01-01"}}, scene="more", by=city.SETUP
    )
    found = looked(attendant, registered(place=line, category="01-01").code)[1]
    assert (found["kind"], found["longitude"], found["region"]) == ("", None, city.EAST)


def test_nobody_learns_of_what_they_may_not_see(attendant: Client, officer: Client) -> None:
    secret = registered(Level.L4)
    assert looked(attendant, secret.code)[0] == 404
    for nothing in ("", "00000000", "urn:x", "x" * 5000, "https://[", "\0"):
        assert looked(attendant, nothing)[0] == 404
    assert looked(officer, secret.code)[0] == 403
    assert looked(Client(), secret.code)[0] == 403


@given(st.text(max_size=2 * LONGEST))
def test_any_text_is_some_code(text: str) -> None:
    assert len(code_in(text)) <= 3 * LONGEST
