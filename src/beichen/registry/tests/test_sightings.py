"""What objects say now, in a place: the nearest, those in a box, within rights."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from beichen.kernel.actor import Actor, system
from beichen.registry import service
from beichen.registry.models import Object
from beichen.registry.tests.clients import Program

BY = system("test")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
LOT = service.TypeFacts(
    key="lot",
    name="停车场",
    fields={"bays": {"type": "integer"}, "owner_phone": {"type": "string"}},
    levels={"owner_phone": 3},
    measures={"free": {"type": "integer", "unit": "1"}, "alarm": {"type": "boolean"}},
)
NEAREST = "/api/objects/nearest"


@pytest.fixture
def lots(db: None) -> dict[str, Object]:
    """Lots at 0, 250 and 900 metres east of a place; the nearest is full."""
    service.declare_types([LOT], scene="x", by=BY)
    program = Program()
    made = {}
    for name, east, free in (("a", 0.0, 0), ("b", 0.0031, 5), ("c", 0.0112, 7)):
        location = {"type": "Point", "coordinates": [125.32 + east, 43.88]}
        urn = f"urn:ngsi-ld:lot:{name}"
        program.create(urn, "lot", name=name, bays=10, owner_phone="13800000000", location=location)
        row = Object.objects.get(urn=urn)
        value = service.Measured(row.pk, "free", "integer", float(free), None, NOON, NOON, "gauge")
        service.record_measurements([value])
        made[name] = row
    return made


def names(response: Any) -> list[str]:
    return [one["name"] for one in response.json()["objects"]]


@pytest.mark.usefixtures("lots")
def test_the_nearest_of_which_a_condition_holds_come_first() -> None:
    asked: dict[str, Any] = {"type": "lot", "at": "125.32,43.88"}
    assert names(Client().get(NEAREST, asked)) == ["a", "b", "c"]
    free = Client().get(NEAREST, {**asked, "where": "free > 0 and bays >= 10", "within": 500})
    assert names(free) == ["b"]
    one = free.json()["objects"][0]
    assert one["values"] == {"bays": 10, "free": 5}, "what is personal is not told"
    assert one["measured_at"] == {"free": "2026-07-01T12:00:00.000Z"}
    assert one["distance_m"] == pytest.approx(248, abs=3)
    assert names(Client().get(NEAREST, {**asked, "limit": 1})) == ["a"]


@pytest.mark.usefixtures("lots")
@pytest.mark.parametrize(
    ("asked", "code", "hint"),
    [
        ({"type": "lots"}, "REG-115", "lot"),
        ({"at": "125.32"}, "REG-116", "at=125.32,43.88"),
        ({"at": "nan,43"}, "REG-116", ""),
        ({"at": "190,43"}, "REG-116", ""),
        ({"within": "20001"}, "REG-116", "20000"),
        ({"within": "nan"}, "API-422", ""),
        ({"limit": "0"}, "API-422", ""),
        ({"where": "free >"}, "SCN-240", ""),
        ({"where": "owner_phone = '13800000000'"}, "SCN-241", ""),
        ({"where": "fre > 1"}, "SCN-241", "free"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(asked: dict[str, str], code: str, hint: str) -> None:
    response = Client().get(NEAREST, {"type": "lot", "at": "125.32,43.88", **asked})
    assert 400 <= response.status_code < 500
    assert response.json()["code"] == code
    assert hint in str(response.json())


def test_a_box_costs_few_queries(lots: dict[str, Object], django_assert_max_num_queries: Any) -> None:
    kind = service.seen_type("lot")
    with django_assert_max_num_queries(5):
        found, has_more = service.sightings(kind, by=BY, box=(125.31, 43.87, 125.325, 43.89), limit=1)
    assert has_more
    assert [one.code for one in found] == [lots["a"].code]
    assert service.sightings(kind, by=BY, box=(1, 1, 2, 2)) == ([], False)
    assert service.sightings(kind, by=Actor("nobody", "无")) == ([], False)
