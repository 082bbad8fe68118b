"""A client that we did not write (Fraunhofer's frost-sta-client) against a live server of the house."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import frost_sta_client as frost
import pytest
from frost_sta_client.service.auth_handler import AuthHandler
from pytest_django.live_server_helper import LiveServer

from beichen.kernel.access import service as access
from beichen.platforms.iot import ingest
from beichen.platforms.iot.sensorthings.models import Datastream
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.platforms.iot.sensorthings.tests.test_sending import Broker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated:DeprecationWarning"),
]
AREA = "geography'POLYGON ((125.31 43.8, 125.4 43.8, 125.4 44, 125.31 44, 125.31 43.8))'"


class Bearer(AuthHandler):  # type: ignore[misc]
    """The client knows Basic alone: requests takes any callable."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def add_auth_header(self) -> Any:
        def sign(request: Any) -> Any:
            request.headers["Authorization"] = f"Bearer {self._key}"
            return request

        return sign


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tables: Path) -> Broker:
    """A town whose stream is a list."""
    ground.town()
    made = Broker()
    monkeypatch.setattr(ingest, "post", lambda: made)
    return made


def made_by(service: Any) -> tuple[Any, Any]:
    """A thing with a place and a series, made with the client's own classes."""
    location = frost.Location(
        name="Roof", description="flat", encoding_type="application/geo+json", location=ground.POINT
    )
    thing = frost.Thing(
        name="Station", description="weather", properties={"owner": "us"}, locations=[location]
    )
    service.create(thing)
    unit = frost.UnitOfMeasurement(**ground.UNIT)
    sensor = frost.Sensor(name="S", description="s", encoding_type="text/html", metadata="https://s.example")
    observed = frost.ObservedProperty(name="Warmth", definition="https://w.example", description="w")
    stream = frost.Datastream(
        name="Warmth of the roof",
        description="d",
        observation_type=f"{ground.OM}OM_Measurement",
        unit_of_measurement=unit,
        thing=frost.Thing(id=thing.id),
        sensor=sensor,
        observed_property=observed,
    )
    service.create(stream)
    return thing, stream


def names(found: Any) -> Sequence[str]:
    """The names of entities."""
    return [one.name for one in found.entities]


def test_the_client_creates_queries_updates_and_deletes(live_server: LiveServer, broker: Broker) -> None:
    key = access.create_client("frost", "frost", "sensor-service", by=ground.BY)
    service = frost.SensorThingsService(f"{live_server.url}/sta/v1.1", auth_handler=Bearer(key))
    thing, stream = made_by(service)
    kept = service.things().find(thing.id)
    assert (kept.name, kept.properties) == ("Station", {"owner": "us"})
    assert names(service.things().query().filter("name eq 'Station'").list()) == ["Station"]
    nearby = f"st_within(Locations/location, {AREA})"
    assert names(service.things().query().filter(nearby).list()) == ["Station"]
    expanded = (
        service.things().query().expand("Datastreams($expand=Sensor),Locations").filter("id gt 0").list()
    )
    mine = next(one for one in expanded.entities if one.name == "Station")
    assert mine.datastreams.entities[0].sensor.name == "S"
    assert mine.locations.entities[0].location["coordinates"] == ground.POINT["coordinates"]
    for number in range(3):
        observation = frost.Observation(
            phenomenon_time=f"2026-07-01T12:0{number}:00Z",
            result_time=f"2026-07-01T12:0{number}:30Z",
            parameters={"height_m": number},
            result=20.5 + number,
            datastream=stream,
        )
        service.create(observation)
    broker.treated()
    observations = kept.get_datastreams().query().list().entities[0].get_observations()
    found = observations.query().orderby("phenomenonTime", "asc").filter("result gt 21").count().list()
    assert found.count == 2
    assert [one.result for one in found.entities] == [21.5, 22.5]
    told = {"resultTime gt 2026-07-01T12:01:00Z": [21.5, 22.5], "parameters/height_m eq 1": [21.5]}
    for text, expected in told.items():
        rows = observations.query().filter(text).orderby("phenomenonTime", "asc").list()
        assert [one.result for one in rows.entities] == expected, text
    assert service.observations().find(observation.id).result == 22.5
    paged = service.datastreams().query().top(2).orderby("id", "asc").list()
    assert len(list(paged)) == Datastream.objects.count()
    kept.name = "Station 2"
    service.update(kept)
    assert service.things().find(thing.id).name == "Station 2"
    service.patch(kept, [{"op": "replace", "path": "/name", "value": "Station 3"}])
    assert service.things().find(thing.id).name == "Station 3"
    service.delete(kept)
    assert names(service.things().query().filter("name eq 'Station 3'").list()) == []


def test_the_client_fills_reads_and_removes_multidatastreams(live_server: LiveServer, broker: Broker) -> None:
    """It makes none itself: its 1.1 sends ``unitOfMeasurements`` as null, whatever it is given."""
    key = access.create_client("frost", "frost", "sensor-service", by=ground.BY)
    service = frost.SensorThingsService(f"{live_server.url}/sta/v1.1", auth_handler=Bearer(key))
    program = ground.Program()
    thing = program.made("/Things", {"name": "Station"})
    number = program.made(f"/Things({thing})/MultiDatastreams", ground.multi())
    multi = frost.MultiDatastream(id=number)
    for minute, result in enumerate([[3.5, "clear", True], [7.5, None, False]]):
        at = f"2026-07-01T12:0{minute}:00Z"
        service.create(frost.Observation(phenomenon_time=at, result=result, multi_datastream=multi))
    broker.treated()
    kept = service.multi_datastreams().find(number)
    types = ground.multi()["multiObservationDataTypes"]
    assert (kept.name, kept.multi_observation_data_types) == ("Weather", types)
    assert names(kept.get_observed_properties().query().list()) == ["Wind", "Sky", "Rain"]
    found = kept.get_observations().query().orderby("phenomenonTime", "asc").list()
    assert [one.result for one in found.entities] == [[3.5, "clear", True], [7.5, None, False]]
    by_part = kept.get_observations().query().filter("result[0] gt 5").list()
    assert [one.result for one in by_part.entities] == [[7.5, None, False]]
    expanded = service.things().query().expand("MultiDatastreams").filter("name eq 'Station'").list()
    assert names(expanded.entities[0].multi_datastreams) == ["Weather"]
    service.delete(kept)
    assert names(service.multi_datastreams().query().list()) == []
