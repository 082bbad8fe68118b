"""Measured values: the newest counts, and every way of reading an object shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from beichen.kernel.actor import system
from beichen.registry import service
from beichen.registry.models import Measurement, Object, ObjectVersion
from beichen.registry.tests.clients import Program

BY = system("test")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
WELL = service.TypeFacts(
    key="Well",
    name="井",
    fields={"depth_m": {"type": "number"}},
    labels={"depth_m": {"zh": "井深", "en": ""}},
    levels={"pump_on": 3},
    measures={"level_m": {"unit": "m"}, "pump_on": {"type": "boolean"}, "state": {"type": "text"}},
)


def measured(row: Object, name: str, value: Any, minute: int = 0) -> service.Measured:
    """A value of a minute after noon."""
    at = NOON + timedelta(minutes=minute)
    if isinstance(value, str):
        return service.Measured(row.pk, name, "text", None, value, at, at, "gauge")
    form = "boolean" if isinstance(value, bool) else "number"
    return service.Measured(row.pk, name, form, float(value), None, at, at, "gauge")


def well(program: Program, number: int = 1) -> Object:
    """A well among the objects of the registry."""
    program.create(f"urn:ngsi-ld:Well:{number}", "Well", depth_m=4)
    return Object.objects.get(urn=f"urn:ngsi-ld:Well:{number}")


@pytest.mark.django_db
def test_a_measured_value_is_an_attribute_and_no_version() -> None:
    service.declare_types([WELL], scene="drainage", by=BY)
    program = Program()
    row = well(program)
    well(program, 2)
    values = [measured(row, "level_m", 3.9), measured(row, "pump_on", True), measured(row, "gone", 1)]
    service.record_measurements([*values, measured(row, "state", "dry", 1)])
    shown = program.get("entities/urn:ngsi-ld:Well:1").json()
    level = {"type": "Property", "value": 3.9, "unitCode": "MTR", "observedAt": "2026-07-01T12:00:00.000Z"}
    assert shown["level_m"] == level
    assert shown["state"] == {"type": "Property", "value": "dry", "observedAt": "2026-07-01T12:01:00.000Z"}
    assert shown["pump_on"]["value"] is True
    assert "gone" not in shown, "what no type declares is not shown"
    found = program.get("entities", type="Well", options="keyValues").json()
    assert [item.get("level_m") for item in found] == [3.9, None]
    assert program.get("entities", type="Well", q="level_m>3.5").json()[0]["id"] == "urn:ngsi-ld:Well:1"
    assert program.get("entities", type="Well", q="level_m>4").json() == []
    assert program.get("entities/urn:ngsi-ld:Well:1", attrs="level_m").json()["level_m"] == level
    assert ObjectVersion.objects.count() == 0
    assert "pump_on" not in Program(role="public").get("entities/urn:ngsi-ld:Well:1").json()


@pytest.mark.django_db
def test_what_was_measured_stands_before_what_was_written() -> None:
    service.declare_types([WELL], scene="drainage", by=BY)
    program = Program()
    program.create("urn:ngsi-ld:Well:1", "Well", level_m=1)
    row = Object.objects.get(urn="urn:ngsi-ld:Well:1")
    service.record_measurements([measured(row, "level_m", 2)])
    assert program.get("entities/urn:ngsi-ld:Well:1", options="keyValues").json()["level_m"] == 2


class Newest(TestCase):
    """In whatever order and batches values come, the newest is kept."""

    @given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=6), max_size=4))
    @settings(max_examples=25, deadline=None)
    def test_the_newest_is_kept(self, batches: list[list[tuple[str, int]]]) -> None:
        Measurement.objects.all().delete()
        service.declare_types([WELL], scene="drainage", by=BY)
        row = Object.objects.filter(urn="urn:ngsi-ld:Well:1").first() or well(Program())
        newest: dict[str, int] = {}
        for batch in batches:
            service.record_measurements([measured(row, name, minute, minute) for name, minute in batch])
            for name, minute in batch:
                newest[name] = max(minute, newest.get(name, 0))
        assert {one.name: one.value for one in service.measurements_of(row)} == newest
