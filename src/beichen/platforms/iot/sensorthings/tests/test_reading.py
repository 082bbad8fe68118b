"""What the house has, as SensorThings clients read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.kernel.access.service import save_role
from beichen.kernel.levels import Level
from beichen.platforms.iot.sensorthings import service
from beichen.platforms.iot.sensorthings.models import Datastream, Feature, HistoricalLocation, Thing
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.registry import service as registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(tables: Path) -> ground.Program:
    """A client in a town with wells."""
    ground.town()
    return ground.Program()


def test_the_root_names_all_collections(program: ground.Program) -> None:
    root = program.get("")
    assert len(root["value"]) == 9
    assert {"name": "Things", "url": "http://testserver/sta/v1.1/Things"} in root["value"]
    assert root["serverSettings"]["conformance"]
    for one in root["value"]:
        assert "value" in program.get(one["url"].removeprefix("http://testserver/sta/v1.1"))


def test_objects_are_things_with_places_series_and_devices(program: ground.Program) -> None:
    (thing, _) = program.get("/Things", orderby="@iot.id", expand="Locations,HistoricalLocations/Locations")[
        "value"
    ]
    assert thing["name"] == "东井"
    assert thing["properties"]["code"] == "MH-1"
    assert thing["Locations"][0]["location"]["coordinates"] == [125.3, 43.9]
    assert thing["HistoricalLocations"][0]["Locations"] == thing["Locations"]
    link = thing["Datastreams@iot.navigationLink"].removeprefix("http://testserver/sta/v1.1")
    streams = program.get(link, expand="Sensor,ObservedProperty,Thing($select=name)", orderby="name")["value"]
    assert len(streams) == 4
    level = next(one for one in streams if one["ObservedProperty"]["name"] == "水位")
    assert level["unitOfMeasurement"]["symbol"] == "m"
    assert level["observationType"].endswith("OM_Measurement")
    assert level["Sensor"]["metadata"]["code"] == "D-1"
    assert level["Thing"] == {"name": "东井"}


def test_pages_select_order_and_count(program: ground.Program) -> None:
    first = program.get("/Datastreams", top=3, count="true", select="name", orderby="Thing/name desc,id desc")
    assert first["@iot.count"] == 8
    assert first["value"][0].keys() == {"name"}
    assert first["value"][0]["name"].startswith("东井")
    seen = [one["name"] for one in first["value"]]
    link = first["@iot.nextLink"]
    while link:
        following = program.send("GET", link.removeprefix("http://testserver/sta/v1.1")).json()
        seen += [one["name"] for one in following["value"]]
        link = following.get("@iot.nextLink")
    assert len(seen) == len(set(seen)) == 8
    assert program.get("/Things", top=0)["value"] == []


def test_each_parent_gets_its_own_page(program: ground.Program) -> None:
    options = "Datastreams($top=2;$orderby=name;$count=true;$expand=Sensor)"
    things = program.get("/Things", expand=options)["value"]
    assert [len(one["Datastreams"]) for one in things] == [2, 2]
    assert [one["Datastreams@iot.count"] for one in things] == [4, 4]
    assert "skip=2" in things[0]["Datastreams@iot.nextLink"]
    assert things[1]["Datastreams"][0]["Sensor"]["name"] == "unknown"


def test_addresses_lead_from_entity_to_entity(program: ground.Program) -> None:
    key = ground.stream()
    thing = program.get(f"/Datastreams({key})/Thing")
    assert program.get(f"/Things({thing['@iot.id']})/name") == {"name": "东井"}
    assert program.send("GET", f"/Things({thing['@iot.id']})/name/$value").content.decode() == "东井"
    assert program.get(f"/Datastreams({key})/unitOfMeasurement/symbol") == {"symbol": "m"}
    references = program.get(f"/Things({thing['@iot.id']})/Datastreams/$ref")["value"]
    assert references[0].keys() == {"@iot.selfLink"}
    assert program.send("GET", f"/Datastreams({key})/description").status_code in {200, 204}
    for address, problem in {
        "/Things(999)": "STA-101",
        "/Things(999)/Datastreams": "STA-101",
        "/Thigns": "STA-102",
        "/Things/name": "STA-102",
        "/Things(1)/nothing": "STA-102",
        "/Observations('x')": "STA-101",
        "/Things(1)/Locations(1)/Things(2)/$count": "STA-102",
    }.items():
        assert program.refused(address) == problem, address


def test_options_that_are_not_understood_are_refused(program: ground.Program) -> None:
    for options in (
        {"top": "x"},
        {"skip": "-1"},
        {"count": "yes"},
        {"select": "nothing"},
        {"expand": "Nothing"},
        {"expand": "Datastreams(name"},
        {"expand": "Datastreams($nothing=1)"},
        {"nothing": 1},
        {"resultFormat": "dataArray"},
        {"expand": "Things/" * 3 + "x"},
    ):
        assert program.refused("/Things", **options) == "STA-103", options
    assert program.refused("/Things", orderby="location sideways") == "STA-104"
    assert program.refused("/Things", orderby="properties") == "STA-105"


def test_observations_are_the_readings(program: ground.Program) -> None:
    ground.measured(3.5, 4.5, 5.5)
    key = ground.stream()
    found = program.get(f"/Datastreams({key})/Observations", count="true", top=2)
    assert found["@iot.count"] == 3
    assert [one["result"] for one in found["value"]] == [5.5, 4.5]
    assert found["value"][0]["phenomenonTime"] == "2026-07-01T12:02:00Z"
    following = program.send("GET", found["@iot.nextLink"].removeprefix("http://testserver/sta/v1.1")).json()
    assert [one["result"] for one in following["value"]] == [3.5]
    one = program.get(
        f"/Observations('{found['value'][0]['@iot.id']}')", expand="Datastream/Thing,FeatureOfInterest"
    )
    assert one["Datastream"]["Thing"]["name"] == "东井"
    assert one["FeatureOfInterest"]["feature"]["coordinates"] == [125.3, 43.9]
    feature = one["FeatureOfInterest"]["@iot.id"]
    assert len(program.get(f"/FeaturesOfInterest({feature})/Observations")["value"]) == 3
    assert program.get(f"/Observations('{one['@iot.id']}')/Datastream/Thing/name") == {"name": "东井"}
    assert program.get(f"/Datastreams({key})/Observations('{one['@iot.id']}')/result") == {"result": 5.5}
    other = ground.stream("count")
    assert program.refused(f"/Datastreams({other})/Observations('{one['@iot.id']}')") == "STA-101"


def test_observations_expand_in_one_question_for_all_series(program: ground.Program) -> None:
    ground.measured(3.5, 4.5, 5.5)
    ground.measured(7, 8, measure="count")
    ground.measured("open", measure="state", code="MH-2")
    streams = program.get(
        "/Datastreams", expand="Observations($top=1;$orderby=phenomenonTime desc;$count=true)"
    )["value"]
    latest = {
        one["name"]: (one["Observations"][0]["result"], one["Observations@iot.count"])
        for one in streams
        if one["Observations"]
    }
    assert latest == {"东井 水位": (5.5, 3), "东井 count": (8, 2), "West's well state": ("open", 1)}
    arrays = program.get("/Observations", resultFormat="dataArray", orderby="phenomenonTime")["value"]
    assert sum(one["dataArray@iot.count"] for one in arrays) == 6
    assert arrays[0]["components"] == ["id", "phenomenonTime", "resultTime", "result"]
    things = program.get("/Things", expand="Datastreams($expand=Observations($select=result))")["value"]
    found = [row for one in things for stream in one["Datastreams"] for row in stream["Observations"]]
    assert len(found) == 6
    assert found[0].keys() == {"result"}


def test_the_public_sees_what_it_may_and_no_readings(program: ground.Program) -> None:
    ground.measured(3.5)
    nobody = ground.Program("")
    assert len(nobody.get("/Things")["value"]) == 2
    assert nobody.get(f"/Datastreams({ground.stream()})", expand="Sensor")["Sensor"] is None
    assert nobody.refused("/Observations") == "ACC-403"
    Thing.objects.filter(object__code="MH-2").update(level=Level.L2)
    assert nobody.names("/Things", "true") == ["东井"]
    assert nobody.names("/Datastreams", "Thing/name eq 'West''s well'") == []
    save_role("public", "公众", [], Level.L1, by=ground.BY)
    assert nobody.refused("/Things") == "ACC-403"


def test_entities_follow_their_objects(program: ground.Program) -> None:
    keys = set(Datastream.objects.values_list("pk", flat=True))
    ground.well("MH-1", "新井", 125.4)
    service.bring(["MH-1"])
    thing = program.get("/Things", filter="name eq '新井'", expand="Locations,HistoricalLocations")["value"][
        0
    ]
    assert thing["Locations"][0]["location"]["coordinates"] == [125.4, 43.9]
    assert len(thing["HistoricalLocations"]) == 2
    assert set(Datastream.objects.values_list("pk", flat=True)) == keys
    before = list(Thing.objects.values())
    service.bring_all()
    assert list(Thing.objects.values()) == before
    assert HistoricalLocation.objects.count() == 3
    registry.remove_objects(["urn:ngsi-ld:well:MH-1"], by=ground.BY)
    service.bring(["MH-1"])
    assert program.names("/Things", "true") == ["West's well"]
    assert Feature.objects.count() == 1


def test_reading_opens_no_transaction(program: ground.Program) -> None:
    """A transaction of SQLite takes the lock of writers; a question to the tables may take seconds."""
    ground.measured(1)
    with CaptureQueriesContext(connection) as queries:
        program.get("/Datastreams", expand="Observations", filter="name ne 'x'")
        assert not [one["sql"] for one in queries if "SAVEPOINT" in one["sql"] or "BEGIN" in one["sql"]]
    assert len(queries) < 15
