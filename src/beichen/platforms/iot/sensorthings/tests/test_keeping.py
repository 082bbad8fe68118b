"""What clients keep: entities with all that hangs on them, changed and removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beichen.kernel.audit.models import AuditRecord
from beichen.platforms.iot.models import Device
from beichen.platforms.iot.sensorthings.models import Datastream, HistoricalLocation, Location, Thing
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.platforms.iot.sensorthings.tests.ground import PLACE, SENSOR, WARMTH, series
from beichen.registry.models import Object, ObjectType

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(tables: Path) -> ground.Program:
    """A client in a town with wells."""
    ground.town()
    return ground.Program()


def test_a_deep_insert_comes_back_as_it_was_sent(program: ground.Program) -> None:
    properties = {"owner": "station", "deep": {"list": [1, None, "x"]}}
    thing = {"name": "Weather station", "description": "on the roof", "properties": properties}
    records = AuditRecord.objects.count()
    key = program.made("/Things", {**thing, "Locations": [PLACE], "Datastreams": [series()]})
    found = program.get(
        f"/Things({key})",
        expand="Locations,HistoricalLocations/Locations,Datastreams($expand=Sensor,ObservedProperty)",
    )
    assert {name: found[name] for name in thing} == thing
    (stream,) = found["Datastreams"]
    for sent, made in (
        (PLACE, found["Locations"][0]),
        (SENSOR, stream["Sensor"]),
        (WARMTH, stream["ObservedProperty"]),
    ):
        assert {name: made[name] for name in sent} == sent
    assert stream["unitOfMeasurement"] == ground.UNIT
    assert len(found["HistoricalLocations"]) == 1
    row = Thing.objects.get(pk=key)
    assert row.object.type.key == "SensorThing"
    assert row.object.parsed()["location"]["value"] == ground.POINT
    assert Device.objects.get(thing=row.object).code == f"STA-{row.object.code}"
    assert ObjectType.objects.get(key="SensorThing").measures["temperature"]["unit"] == "Cel"
    assert AuditRecord.objects.count() > records
    assert program.names("/FeaturesOfInterest", "st_equals(feature, geography'POINT (125.32 43.9)')") == [
        "Roof"
    ]


def test_series_of_one_kind_share_a_measure_and_never_a_series(program: ground.Program) -> None:
    one = program.made("/Things", {"name": "a", "Datastreams": [series(), series()]})
    other = program.made("/Things", {"name": "b", "Datastreams": [series()]})
    measures = (
        Datastream.objects.filter(thing__in=[one, other]).order_by("pk").values_list("measure", flat=True)
    )
    assert list(measures) == ["temperature", "temperature_2", "temperature"]
    kelvin = {**ground.UNIT, "symbol": "K"}
    program.made(
        f"/Things({other})/Datastreams",
        series(
            unitOfMeasurement=kelvin,
            ObservedProperty={"@iot.id": Datastream.objects.get(thing=other).observed_id},
        ),
    )
    assert sorted(ObjectType.objects.get(key="SensorThing").measures) == [
        "temperature",
        "temperature_2",
        "temperature_3",
    ]


def test_entities_are_made_from_every_side(program: ground.Program) -> None:
    sensor = program.made("/Sensors", SENSOR)
    observed = program.made("/ObservedProperties", WARMTH)
    place = program.made("/Locations", {**PLACE, "Things": [{"name": "from its place"}]})
    thing = Thing.objects.get(name="from its place")
    assert list(thing.locations.values_list("pk", flat=True)) == [place]
    stream = series(
        Sensor={"@iot.id": sensor}, ObservedProperty={"@iot.id": observed}, Thing={"@iot.id": thing.pk}
    )
    key = program.made("/Datastreams", stream)
    assert program.get(f"/Datastreams({key})/Sensor")["@iot.id"] == sensor
    del stream["Sensor"]
    program.made(f"/Sensors({sensor})/Datastreams", stream)
    second = program.made(f"/Things({thing.pk})/Locations", {**PLACE, "name": "Cellar"})
    assert list(thing.locations.values_list("pk", flat=True)) == [second]
    assert HistoricalLocation.objects.filter(thing=thing).count() == 2
    at = program.made(
        "/HistoricalLocations",
        {"time": "2020-01-01T00:00:00Z", "Thing": {"@iot.id": thing.pk}, "Locations": [{"@iot.id": place}]},
    )
    assert program.get(f"/HistoricalLocations({at})")["time"] == "2020-01-01T00:00:00Z"
    program.made(
        "/FeaturesOfInterest", {"name": "f", "encodingType": "application/geo+json", "feature": ground.POINT}
    )
    program.made(f"/Locations({place})/Things", {"name": "at a place"})
    assert Thing.objects.get(name="at a place").locations.get().pk == place


def test_entities_are_changed(program: ground.Program) -> None:
    key = program.made("/Things", {"name": "a", "Locations": [PLACE], "Datastreams": [series()]})
    assert program.send("PATCH", f"/Things({key})", {"name": "b", "properties": {"x": 1}}).status_code == 200
    assert program.get(f"/Things({key})")["properties"] == {"x": 1}
    assert Object.objects.get(sta_thing=key).name == "b"
    patches = [
        {"op": "replace", "path": "/properties/x", "value": 2},
        {"op": "add", "path": "/properties/y", "value": 3},
    ]
    assert program.send("PATCH", f"/Things({key})", patches, "application/json-patch+json").status_code == 200
    assert program.get(f"/Things({key})/properties") == {"properties": {"x": 2, "y": 3}}
    assert program.send("PUT", f"/Things({key})", {"name": "c"}).status_code == 200
    assert program.get(f"/Things({key})")["description"] == ""
    other = program.made("/Locations", {**PLACE, "name": "other"})
    assert program.send("PATCH", f"/Things({key})", {"Locations": [{"@iot.id": other}]}).status_code == 200
    assert program.names(f"/Things({key})/Locations", "true") == ["other"]
    stream = Datastream.objects.get(thing=key)
    sensor = program.made("/Sensors", {**SENSOR, "name": "new"})
    assert (
        program.send("PATCH", f"/Datastreams({stream.pk})", {"Sensor": {"@iot.id": sensor}}).status_code
        == 200
    )
    assert program.get(f"/Datastreams({stream.pk})/Sensor/name") == {"name": "new"}


def test_entities_are_removed_with_what_cannot_be_without_them(program: ground.Program) -> None:
    key = program.made("/Things", {"name": "a", "Locations": [PLACE], "Datastreams": [series(), series()]})
    row = Thing.objects.get(pk=key)
    first, second = Datastream.objects.filter(thing=key).order_by("pk")
    assert program.send("DELETE", f"/Sensors({first.sensor_id})").status_code == 200
    assert list(Datastream.objects.filter(thing=key)) == [second]
    assert program.send("DELETE", f"/Datastreams({second.pk})").status_code == 200
    feature = row.feature.pk
    assert program.send("DELETE", f"/FeaturesOfInterest({feature})").json()["problem"] == "STA-109"
    assert program.send("DELETE", f"/Things({key})").status_code == 200
    assert program.refused(f"/Things({key})") == "STA-101"
    assert not Object.objects.filter(pk=row.object_id, removed_at=None).exists()
    assert Device.objects.get(thing=row.object_id).state == "disabled"
    place = Location.objects.get(name="Roof").pk
    assert program.send("DELETE", f"/Locations({place})").status_code == 200


def test_what_the_house_keeps_is_changed_there(program: ground.Program) -> None:
    thing = Thing.objects.get(object__code="MH-1")
    stream = ground.stream()
    for method, path, body in (
        ("PATCH", f"/Things({thing.pk})", {"name": "x"}),
        ("DELETE", f"/Things({thing.pk})", None),
        ("DELETE", f"/Datastreams({stream})", None),
        ("POST", f"/Things({thing.pk})/Datastreams", series()),
        ("POST", f"/Things({thing.pk})/Locations", PLACE),
    ):
        assert program.send(method, path, body).json()["problem"] == "STA-108", path


def test_who_may_not_write_does_not(program: ground.Program) -> None:
    for role in ("", "officer", "engineer", "device-gateway"):
        answer = ground.Program(role).send("POST", "/Things", {"name": "a"})
        assert answer.status_code in {401, 403}, role
        assert answer.json()["code"] == answer.status_code
    assert not Thing.objects.filter(name="a").exists()


def placed(shape: bytes) -> bytes:
    """A thing at a place."""
    head = b'{"name": "a", "Locations": [{"name": "x", "encodingType": "application/geo+json", "location": '
    return head + shape + b"}]}"


BROKEN = {
    b"": "STA-107",
    b"{": "STA-107",
    b"[]": "STA-107",
    b"5": "STA-107",
    b"null": "STA-107",
    b"{}": "STA-107",
    b'{"name": "a\\u0000"}': "STA-107",
    b'{"name": 5}': "STA-107",
    b'{"name": "a", "nothing": 1}': "STA-107",
    b'{"name": "a", "properties": []}': "STA-107",
    b'{"name": "a", "Locations": {}}': "STA-107",
    b'{"name": "a", "Locations": [5]}': "STA-107",
    b'{"name": "a", "Locations": [{"@iot.id": 99}]}': "STA-101",
    b'{"name": "a", "Locations": [{"@iot.id": "x"}]}': "STA-101",
    b'{"name": "a", "Locations": [{"name": "x"}]}': "STA-107",
    placed(b'{"type": "Point"}'): "STA-107",
    placed(b'{"type": "Point", "coordinates": [900, 0]}'): "STA-107",
    placed(b'{"type": "Nothing", "coordinates": [[[]]]}'): "STA-107",
    b'{"name": "a", "Datastreams": [{"name": "x"}]}': "STA-107",
    b'{"name": "\xff"}': "STA-107",
}


def test_what_cannot_be_kept_is_refused_and_nothing_is_written(program: ground.Program) -> None:
    before = Thing.objects.count(), Object.objects.count(), Device.objects.count()
    for body, problem in BROKEN.items():
        answer = program.send("POST", "/Things", body)
        assert answer.json()["problem"] == problem, body
    wrong = series(observationType="nothing", unitOfMeasurement={"name": "x"}, description=5)
    answer = program.send("POST", "/Things", {"name": "a", "Datastreams": [wrong]})
    assert answer.json()["message"].count(";") == 2
    assert answer.json()["where"]["pointer"].startswith("/Datastreams/0/")
    assert (Thing.objects.count(), Object.objects.count(), Device.objects.count()) == before
    key = program.made("/Things", {"name": "a", "Datastreams": [series()]})
    stream = Datastream.objects.get(thing=key).pk
    cases: list[tuple[str, str, Any, str]] = [
        (
            "PATCH",
            f"/Datastreams({stream})",
            {"unitOfMeasurement": {**ground.UNIT, "symbol": "K"}},
            "STA-107",
        ),
        ("PATCH", f"/Things({key})", {"Locations": [{"name": "x"}]}, "STA-107"),
        ("PATCH", f"/Things({key})", [], "STA-107"),
        ("PATCH", "/Things", {"name": "x"}, "STA-112"),
        ("POST", f"/Things({key})", {"name": "x"}, "STA-112"),
        ("OPTIONS", "/Things", None, "STA-112"),
        ("PATCH", "/Things(999)", {"name": "x"}, "STA-101"),
    ]
    for method, path, sent, problem in cases:
        assert program.send(method, path, sent).json()["problem"] == problem, (method, path, sent)
    answer = program.send(
        "PATCH", f"/Things({key})", [{"op": "remove", "path": "/none"}], "application/json-patch+json"
    )
    assert answer.json()["problem"] == "STA-107"
