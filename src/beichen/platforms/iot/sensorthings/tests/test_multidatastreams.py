"""MultiDatastreams (SensorThings 1.1, clause 14): made, sent to, read and found by their parts."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.platforms.iot import ingest
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.models import Device
from beichen.platforms.iot.sensorthings.models import MultiDatastream, Part, Told
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.platforms.iot.sensorthings.tests.ground import OM, multi
from beichen.platforms.iot.sensorthings.tests.test_sending import Broker
from beichen.registry.models import ObjectType

pytestmark = pytest.mark.django_db
AT = "2026-07-01T12:00:00Z"
ROWS: Sequence[tuple[str, list[Any]]] = (
    ("2026-07-01T12:00:00Z", [3.5, "clear", True]),
    ("2026-07-01T12:01:00Z", [7.0, "cloud", False]),
    ("2026-07-01T12:02:00Z", [None, "cloud", None]),
    ("2026-07-01T12:03:00Z", [9.5, None, True]),
)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tables: Path) -> Broker:
    """A town whose stream is a list."""
    ground.town()
    made = Broker()
    monkeypatch.setattr(ingest, "post", lambda: made)
    return made


def station(program: ground.Program) -> int:
    """The id of the MultiDatastream of a new thing."""
    thing = program.made("/Things", {"name": "Station", "Locations": [ground.PLACE]})
    return program.made("/MultiDatastreams", multi(Thing={"@iot.id": thing}))


def told(program: ground.Program, broker: Broker) -> int:
    """A station that observed :data:`ROWS`."""
    key = station(program)
    for at, result in ROWS:
        answer = program.send(
            "POST", f"/MultiDatastreams({key})/Observations", {"phenomenonTime": at, "result": result}
        )
        assert answer.status_code == 201, answer.content
    broker.treated()
    return key


def test_it_comes_back_as_it_was_sent_and_keeps_the_order_of_its_parts(broker: Broker) -> None:
    program = ground.Program()
    sent = multi()
    thing = program.made("/Things", {"name": "Station", "MultiDatastreams": [sent]})
    (found,) = program.get(f"/Things({thing})", expand="MultiDatastreams($expand=ObservedProperties,Sensor)")[
        "MultiDatastreams"
    ]
    names = ("name", "observationType", "multiObservationDataTypes", "unitOfMeasurements")
    assert {name: found[name] for name in names} == {name: sent[name] for name in names}
    assert [one["name"] for one in found["ObservedProperties"]] == ["Wind", "Sky", "Rain"]
    assert found["Sensor"]["name"] == "DHT22"
    key = found["@iot.id"]
    row = MultiDatastream.objects.get(pk=key)
    assert [part.measure for part in row.parts.all()] == ["wind", "sky", "rain"]
    assert ObjectType.objects.get(key="SensorThing").measures["wind"]["unit"] == "m/s"
    named = program.get(f"/MultiDatastreams({key})/ObservedProperties")["value"]
    assert [one["name"] for one in named] == ["Wind", "Sky", "Rain"]
    assert program.get("/Datastreams", filter=f"Thing/id eq {thing}")["value"] == [], "a part is no series"
    for name in ("Thing", "Sensor", "ObservedProperties", "Observations"):
        assert found.get(f"{name}@iot.navigationLink") or name in found


def test_parts_stand_in_their_order_whatever_their_properties_ids(broker: Broker) -> None:
    program = ground.Program()
    keys = [
        program.made("/ObservedProperties", {"name": name, "definition": f"https://w.example/{name}"})
        for name in ("Rain", "Wind", "Sky")
    ]
    wanted = [keys[1], keys[2], keys[0]]
    thing = program.made("/Things", {"name": "Station"})
    key = program.made(
        f"/Things({thing})/MultiDatastreams", multi(ObservedProperties=[{"@iot.id": one} for one in wanted])
    )
    expanded = program.get(f"/MultiDatastreams({key})", expand="ObservedProperties")["ObservedProperties"]
    listed = program.get(f"/MultiDatastreams({key})/ObservedProperties")["value"]
    assert [one["@iot.id"] for one in expanded] == [one["@iot.id"] for one in listed] == wanted
    by_name = program.get(f"/MultiDatastreams({key})/ObservedProperties", orderby="name")["value"]
    assert [one["name"] for one in by_name] == ["Rain", "Sky", "Wind"]


def test_an_observation_is_one_message_and_comes_back_as_a_list(broker: Broker) -> None:
    program = ground.Program()
    key = station(program)
    more = {"resultTime": "2026-07-01T12:05:00Z", "parameters": {"height": 10}}
    sent = {"phenomenonTime": AT, "result": [3.5, "clear", True], **more, "MultiDatastream": {"@iot.id": key}}
    answer = program.send("POST", "/Observations", sent)
    assert answer.status_code == 201, answer.content
    device = Device.objects.get(thing__sta_thing__name="Station").code
    values = {"wind": 3.5, "sky": "clear", "rain": True}
    assert broker.kept == [(device, [{"ts": "2026-07-01T12:00:00+00:00", "values": values}])]
    link = answer["Location"].removeprefix("http://testserver/sta/v1.1")
    assert program.send("GET", link).status_code == 404
    broker.treated()
    found = program.get(link, expand="MultiDatastream,FeatureOfInterest")
    assert (found["result"], found["phenomenonTime"]) == ([3.5, "clear", True], AT)
    assert {name: found[name] for name in more} == more
    assert (found["MultiDatastream"]["@iot.id"], found["FeatureOfInterest"]["name"]) == (key, "Roof")
    assert "Datastream@iot.navigationLink" not in found
    again = program.send(
        "POST", f"/MultiDatastreams({key})/Observations", {**sent, "result": [4, None, None]}
    )
    assert again["Location"] == answer["Location"]
    code = MultiDatastream.objects.get(pk=key).thing.object.code
    ground.measured(4, measure="wind", code=code, later=ground.MINUTE)
    assert program.get(link)["result"] == [4.0, "clear", True], "what came last"
    assert program.get(f"{link}/MultiDatastream")["@iot.id"] == key
    assert program.get(f"/MultiDatastreams({key}){link}")["@iot.id"] == found["@iot.id"]
    assert program.send("GET", f"/MultiDatastreams({key + 99}){link}").status_code == 404
    assert Told.objects.get().multi_id == key


def test_observations_are_found_by_their_parts(broker: Broker) -> None:
    program = ground.Program()
    key = told(program, broker)
    address = f"/MultiDatastreams({key})/Observations"
    everything = [result for _at, result in ROWS]
    found = program.get(address, count="true")
    assert [one["result"] for one in found["value"]] == everything[::-1]
    assert found["@iot.count"] == len(ROWS)
    expected = {
        "result/0 gt 5": [1, 3],
        "result[0] gt 5": [1, 3],
        "result/1 eq 'cloud'": [1, 2],
        "result/2 eq true": [0, 3],
        "result/0 eq null": [2],
        "result/1 ne null and result/0 lt 5": [0],
        "not (result/0 gt 5)": [0, 2],
        "contains(result/1, 'lou') or result/0 gt 9": [1, 2, 3],
        "phenomenonTime ge 2026-07-01T12:02:00Z": [2, 3],
        "day(phenomenonTime) eq 1 and result/0 mul 2 eq 7": [0],
    }
    for text, places in expected.items():
        rows = program.get(address, filter=text, orderby="phenomenonTime")["value"]
        assert [one["result"] for one in rows] == [everything[place] for place in places], text
    rows = program.get(address, orderby="result/0 desc", top="2")
    assert [one["result"][0] for one in rows["value"]] == [9.5, 7.0]
    assert "%24skip=2" in rows["@iot.nextLink"] or "$skip=2" in rows["@iot.nextLink"]
    for text in ("result gt 5", "result/3 gt 1", "Datastream/id eq 1", "result/0 eq 'x' eq 3"):
        assert program.refused(address, filter=text) in {"STA-104", "STA-105"}, text
    assert (
        program.refused("/Observations", filter="Datastream/id eq 1 or MultiDatastream/id eq 1") == "STA-105"
    )


def test_observations_are_found_from_the_root_and_expanded(broker: Broker) -> None:
    program = ground.Program()
    key, other = told(program, broker), told(program, broker)
    ground.measured(1, 2)
    plain = program.get("/Observations")["value"]
    assert sorted(one["result"] for one in plain) == [1.0, 2.0]
    rows = program.get("/Observations", filter=f"MultiDatastream/id eq {other} and result/0 gt 8")["value"]
    assert [one["result"] for one in rows] == [ROWS[3][1]]
    assert rows[0]["@iot.id"].startswith(f"{other}.")
    options = "Observations($top=2;$count=true;$orderby=phenomenonTime)"
    for one in program.get("/MultiDatastreams", expand=options)["value"]:
        assert one["Observations@iot.count"] == len(ROWS)
        assert [row["result"] for row in one["Observations"]] == [ROWS[0][1], ROWS[1][1]]
        assert "Observations@iot.nextLink" in one
    assert [one["@iot.id"] for one in program.get("/MultiDatastreams")["value"]] == [key, other]
    assert program.names("/MultiDatastreams", "ObservedProperties/name eq 'Sky'") == ["Weather", "Weather"]
    assert program.names("/Things", "MultiDatastreams/name eq 'Weather'") == ["Station", "Station"]


def test_data_arrays_take_and_give_lists(broker: Broker) -> None:
    program = ground.Program()
    key = station(program)
    body = [
        {
            "MultiDatastream": {"@iot.id": key},
            "components": ["phenomenonTime", "result"],
            "dataArray": [[at, result] for at, result in ROWS] + [["2026-07-01T12:09:00Z", [1, "x"]]],
        }
    ]
    answer = program.send("POST", "/CreateObservations", body)
    assert answer.status_code == 201, answer.content
    *links, last = answer.json()
    assert all(f"/Observations('{key}." in link for link in links)
    assert last == "error: result is a list of 3 values"
    broker.treated()
    (array,) = program.get(f"/MultiDatastreams({key})/Observations", resultFormat="dataArray")["value"]
    assert array["MultiDatastream@iot.navigationLink"].endswith(f"/MultiDatastreams({key})")
    assert [row[-1] for row in array["dataArray"]] == [result for _at, result in ROWS][::-1]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"observationType": f"{OM}OM_Measurement"}, "/observationType"),
        ({"multiObservationDataTypes": f"{OM}OM_Measurement"}, "/multiObservationDataTypes"),
        ({"multiObservationDataTypes": [f"{OM}OM_Measurement"]}, "/ObservedProperties"),
        ({"multiObservationDataTypes": [f"{OM}OM_Thing"] * 3}, "/multiObservationDataTypes"),
        ({"multiObservationDataTypes": [f"{OM}OM_Measurement"] * 51}, "/multiObservationDataTypes"),
        ({"unitOfMeasurements": [ground.UNIT, 3, ground.UNIT]}, "/unitOfMeasurements"),
        ({"unitOfMeasurements": [{"name": 1}] * 3}, "/unitOfMeasurements"),
        ({"unitOfMeasurements": None}, "/unitOfMeasurements"),
        ({"ObservedProperties": []}, "/ObservedProperties"),
        ({"ObservedProperties": {"@iot.id": 1}}, "/ObservedProperties"),
    ],
)
def test_what_does_not_fit_together_is_refused(broker: Broker, more: dict[str, Any], pointer: str) -> None:
    program = ground.Program()
    thing = program.made("/Things", {"name": "Station"})
    answer = program.send("POST", f"/Things({thing})/MultiDatastreams", multi(**more))
    assert (answer.status_code, answer.json()["problem"]) == (400, "STA-107")
    assert answer.json()["where"]["pointer"] == pointer
    assert not MultiDatastream.objects.exists()
    assert not Part.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"result": 3}, "STA-107"),
        ({"result": [1, "a"]}, "STA-107"),
        ({"result": [None, None, None]}, "STA-107"),
        ({"result": [[1], "a", True]}, "STA-107"),
        ({"result": ["a", "a", True]}, "STA-110"),
        ({"result": [1, "a", True], "Datastream": {"@iot.id": 1}}, "STA-107"),
        ({"result": [1, "a", True], "MultiDatastream": {"@iot.id": 10**9}}, "STA-101"),
    ],
)
def test_observations_that_do_not_fit_are_refused(broker: Broker, body: dict[str, Any], code: str) -> None:
    program = ground.Program()
    named = {"MultiDatastream": {"@iot.id": station(program)}}
    answer = program.send("POST", "/Observations", {"phenomenonTime": AT, **named, **body})
    assert answer.json()["problem"] == code, answer.content
    assert broker.kept == []


def test_it_is_changed_and_removed_like_a_series(broker: Broker) -> None:
    program = ground.Program()
    key = told(program, broker)
    assert program.send("PATCH", f"/MultiDatastreams({key})", {"name": "Climate"}).status_code == 200
    assert program.get(f"/MultiDatastreams({key})")["name"] == "Climate"
    units = [ground.UNIT] * 3
    for body in ({"unitOfMeasurements": units}, {"multiObservationDataTypes": [f"{OM}OM_Measurement"]}):
        assert program.send("PATCH", f"/MultiDatastreams({key})", body).json()["problem"] == "STA-107"
    observed = program.get(f"/MultiDatastreams({key})/ObservedProperties")["value"][1]["@iot.id"]
    assert program.send("DELETE", f"/ObservedProperties({observed})").status_code == 200
    assert not MultiDatastream.objects.filter(pk=key).exists()
    assert not Part.objects.filter(multi=key).exists()


def test_its_own_device_sends_for_it_and_no_other(broker: Broker) -> None:
    program = ground.Program()
    key = station(program)
    device = Device.objects.get(thing__sta_thing__name="Station").code
    secret = iot.issue_token(device, by=ground.BY)
    address, body = f"/MultiDatastreams({key})/Observations", {"phenomenonTime": AT, "result": [1, "a", None]}
    stranger = ground.Program(role="")

    def sent(name: str, word: str) -> int:
        basic = base64.b64encode(f"{name}:{word}".encode()).decode()
        return int(stranger.send("POST", address, body, Authorization=f"Basic {basic}").status_code)

    assert sent(device, secret) == 201
    assert sent(device, "wrong") == 401
    assert sent("D-1", secret) == 404
    assert stranger.send("POST", address, body).status_code in {401, 403}


result = st.tuples(
    st.none() | st.integers(-5, 5).map(float),
    st.none() | st.sampled_from(["a", "b"]),
    st.none() | st.booleans(),
).filter(lambda one: any(value is not None for value in one))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(results=st.lists(result, min_size=1, max_size=6), bound=st.integers(-5, 5))
def test_filters_on_parts_are_those_of_plain_values(
    broker: Broker, results: list[tuple[Any, ...]], bound: int
) -> None:
    program = ground.Program(role="sensor-service") if not hasattr(broker, "program") else broker.program
    broker.program = program  # type: ignore[attr-defined]
    key = station(program)
    rows = [[f"2026-07-01T12:{minute:02}:00Z", list(one)] for minute, one in enumerate(results)]
    group = {
        "MultiDatastream": {"@iot.id": key},
        "components": ["phenomenonTime", "result"],
        "dataArray": rows,
    }
    assert program.send("POST", "/CreateObservations", [group]).status_code == 201
    broker.treated()

    def found(text: str) -> list[Any]:
        rows = program.get(f"/MultiDatastreams({key})/Observations", filter=text, orderby="phenomenonTime")
        return [one["result"] for one in rows["value"]]

    plain = [list(one) for one in results]
    assert found(f"result/0 gt {bound}") == [one for one in plain if one[0] is not None and one[0] > bound]
    assert found("result/1 eq 'a'") == [one for one in plain if one[1] == "a"]
    assert found("result/2 eq null") == [one for one in plain if one[2] is None]
    assert found("phenomenonTime gt 2020-01-01T00:00:00Z") == plain
