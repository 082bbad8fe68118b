"""Observations on their way: what is sent to which device, what is refused at once, what is kept beside."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from beichen.platforms.iot import ingest
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.models import Device
from beichen.platforms.iot.sensorthings.models import Datastream, Told
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.platforms.iot.tests import ground as devices
from beichen.platforms.iot.words import State
from beichen.platforms.warehouse import service as warehouse

pytestmark = pytest.mark.django_db
AT = "2026-07-01T12:00:00Z"


class Broker:
    """Stands for the stream; what is kept can be brought into the table, as the gateway does."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Any]] = []

    def keep(self, messages: Sequence[tuple[str, bytes]]) -> None:
        self.kept += [(subject.split(".")[-2], orjson.loads(content)) for subject, content in messages]

    def treated(self) -> None:
        """Bring everything into the table."""
        for device, records in self.kept:
            thing = Device.objects.get(code=device).thing
            assert thing is not None
            for record in records:
                start = datetime.fromisoformat(record["ts"])
                for name, value in record["values"].items():
                    ground.measured(value, measure=name, code=thing.code, start=start)
        self.kept = []


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tables: Path) -> Broker:
    """A town whose stream is a list."""
    ground.town()
    made = Broker()
    monkeypatch.setattr(ingest, "post", lambda: made)
    return made


def test_an_observation_goes_to_the_device_and_comes_back_under_its_id(broker: Broker) -> None:
    program = ground.Program()
    told = {
        "resultTime": "2026-07-01T12:05:00Z",
        "parameters": {"depth": 3},
        "resultQuality": "good",
        "validTime": "2026-07-01T00:00:00Z/2026-07-02T00:00:00Z",
    }
    sent = {"phenomenonTime": AT, "result": 3.5, **told, "Datastream": {"@iot.id": ground.stream()}}
    answer = program.send("POST", "/Observations", sent)
    assert answer.status_code == 201, answer.content
    assert broker.kept == [("D-1", [{"ts": "2026-07-01T12:00:00+00:00", "values": {"level_m": 3.5}}])]
    link = answer["Location"].removeprefix("http://testserver/sta/v1.1")
    assert program.send("GET", link).status_code == 404
    broker.treated()
    found = program.get(link)
    assert {name: found[name] for name in told} == told
    assert (found["result"], found["phenomenonTime"]) == (3.5, AT)
    again = program.send("POST", f"/Datastreams({ground.stream()})/Observations", sent)
    assert again["Location"] == answer["Location"]
    assert Told.objects.count() == 1
    for method in ("PATCH", "PUT", "DELETE"):
        assert program.send(method, link, {"result": 1}).json()["problem"] == "STA-109"


def test_an_interval_a_feature_and_now(broker: Broker) -> None:
    program = ground.Program()
    feature = {"name": "f", "encodingType": "application/geo+json", "feature": ground.POINT}
    span = "2026-07-01T12:00:00Z/2026-07-01T13:00:00Z"
    stream = ground.stream()
    sent = {"phenomenonTime": span, "result": 3, "FeatureOfInterest": feature}
    link = program.send("POST", f"/Datastreams({stream})/Observations", sent)["Location"]
    program.send("POST", f"/Datastreams({stream})/Observations", {"result": 4})
    broker.treated()
    found = program.get(link.removeprefix("http://testserver/sta/v1.1"), expand="FeatureOfInterest")
    assert found["phenomenonTime"] == span
    key = found["FeatureOfInterest"]["@iot.id"]
    assert [one["result"] for one in program.get(f"/FeaturesOfInterest({key})/Observations")["value"]] == [
        3.0
    ]
    assert program.send("DELETE", f"/FeaturesOfInterest({key})").json()["problem"] == "STA-109"
    assert len(program.get(f"/Datastreams({stream})/Observations")["value"]) == 2


def test_observations_are_found_by_what_was_told_of_them(broker: Broker) -> None:
    """resultTime, parameters and the end of an interval; of what nobody told nothing holds."""
    program, stream = ground.Program(), ground.stream()
    sent: list[dict[str, Any]] = [
        {"phenomenonTime": AT, "result": 1, "resultTime": "2026-07-01T12:05:00Z", "parameters": {"depth": 3}},
        {"phenomenonTime": "2026-07-01T12:01:00Z", "result": 2, "parameters": {"depth": 7, "by": "hand"}},
        {"phenomenonTime": "2026-07-01T12:02:00Z/2026-07-01T13:02:00Z", "result": 3},
        {"phenomenonTime": "2026-07-01T12:03:00Z/2026-07-01T12:04:00Z", "result": 4},
        {"phenomenonTime": "2026-07-01T12:59:00Z", "result": 5, "resultTime": "2026-07-02T12:00:00Z"},
    ]
    for body in sent:
        answer = program.send("POST", f"/Datastreams({stream})/Observations", body)
        assert answer.status_code == 201, answer.content
    broker.treated()
    found = {
        "resultTime gt 2026-07-01T12:00:00Z": [1, 5],
        "date(resultTime) eq 2026-07-02": [5],
        "resultTime ne null": [1, 5],
        "resultTime eq null": [2, 3, 4],
        "not (resultTime lt 2026-07-02T00:00:00Z)": [2, 3, 4, 5],
        "parameters/depth gt 3": [2],
        "parameters/by eq 'hand' or resultTime gt 2026-07-02T00:00:00Z": [2, 5],
        "parameters/depth eq 3 and result eq 1": [1],
        "parameters/depth eq 3 and result eq 2": [],
        "before(phenomenonTime, 2026-07-01T12:30:00Z)": [1, 2, 4],
        "after(phenomenonTime, 2026-07-01T12:01:30Z)": [3, 4, 5],
        "during(phenomenonTime, 2026-07-01T12:00:30Z/2026-07-01T12:30:00Z)": [2, 4],
        "overlaps(phenomenonTime, 2026-07-01T12:30:00Z/2026-07-01T12:40:00Z)": [3],
        "finishes(phenomenonTime, 2026-07-01T12:00:00Z/2026-07-01T13:02:00Z)": [3],
        "starts(phenomenonTime, 2026-07-01T12:03:00Z/2026-07-01T13:02:00Z)": [4],
        "meets(phenomenonTime, 2026-07-01T12:04:00Z/2026-07-01T13:00:00Z)": [4],
        "phenomenonTime lt 2026-07-01T12:03:00Z": [1, 2, 3],
    }
    for text, expected in found.items():
        rows = program.get(f"/Datastreams({stream})/Observations", filter=text)["value"]
        assert sorted(one["result"] for one in rows) == expected, text
        count = program.get("/Observations", filter=f"{text} and Datastream/id eq {stream}", count="true")
        if " or " not in text:
            assert count["@iot.count"] == len(expected), text


def test_a_filter_that_means_very_many_is_refused(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    program, stream = ground.Program(), ground.stream()
    for minute in (1, 2):
        body = {"phenomenonTime": f"2026-07-01T12:0{minute}:00Z", "result": 1, "parameters": {"x": minute}}
        program.send("POST", f"/Datastreams({stream})/Observations", body)
    broker.treated()
    monkeypatch.setattr("beichen.platforms.iot.sensorthings.told.MOST_MEANT", 1)
    assert program.refused("/Observations", filter="parameters/x gt 0") == "STA-106"
    assert len(program.get("/Observations", filter="parameters/x gt 1")["value"]) == 1


def test_what_does_not_fit_is_refused_at_once(broker: Broker) -> None:
    program = ground.Program()
    level, count, state = (ground.stream(name) for name in ("level_m", "count", "state"))
    for stream, body, problem in (
        (level, {"result": 99}, "STA-110"),
        (level, {"result": "high"}, "STA-110"),
        (level, {"result": True}, "STA-110"),
        (count, {"result": 1.5}, "STA-110"),
        (state, {"result": 5}, "STA-110"),
        (level, {"result": 5, "phenomenonTime": "1999-01-01T00:00:00Z"}, "STA-110"),
        (level, {"result": 5, "phenomenonTime": "yesterday"}, "STA-107"),
        (level, {"result": 5, "phenomenonTime": 5}, "STA-107"),
        (level, {"result": 5, "resultTime": "x"}, "STA-107"),
        (level, {"result": 5, "parameters": []}, "STA-107"),
        (level, {"result": 5, "nothing": 1}, "STA-107"),
        (level, {}, "STA-107"),
        (level, {"result": {}}, "STA-107"),
        (level, {"result": 5, "FeatureOfInterest": {"@iot.id": 99}}, "STA-101"),
        (999, {"result": 5}, "STA-101"),
        (ground.stream(code="MH-2"), {"result": 5}, "STA-110"),
    ):
        answer = program.send("POST", f"/Datastreams({stream})/Observations", body)
        if stream == 999:
            assert answer.json()["problem"] == problem
        assert answer.json()["problem"] == problem, body
    assert program.send("POST", "/Observations", {"result": 5}).json()["problem"] == "STA-107"
    iot.set_state("D-1", iot.State.DISABLED, by=ground.BY)
    answer = program.send("POST", f"/Datastreams({level})/Observations", {"result": 5})
    assert answer.json()["problem"] == "STA-110"
    assert broker.kept == []
    assert Told.objects.count() == 0


def test_data_arrays_answer_row_by_row(broker: Broker) -> None:
    program = ground.Program()
    level, count = ground.stream(), ground.stream("count")
    body = [
        {
            "Datastream": {"@iot.id": level},
            "components": ["phenomenonTime", "result"],
            "dataArray@iot.count": 4,
            "dataArray": [[AT, 1], ["2026-07-01T12:01:00Z", 99], ["x", 2], [AT]],
        },
        {
            "Datastream": {"@iot.id": count},
            "components": ["result", "phenomenonTime", "parameters"],
            "dataArray": [[7, AT, {"a": 1}]],
        },
        {"Datastream": {"@iot.id": 999}, "components": ["result"], "dataArray": [[1]]},
    ]
    answer = program.send("POST", "/CreateObservations", body)
    assert answer.status_code == 201
    links = answer.json()
    assert [one.startswith("http") for one in links] == [True, False, False, False, True, False]
    assert "out-of-range" in links[1]
    assert len(broker.kept) == 1
    broker.treated()
    assert program.get(links[4].removeprefix("http://testserver/sta/v1.1"))["parameters"] == {"a": 1}
    broken: list[Any] = [{}, [5], [{"components": 5, "dataArray": []}], [{"components": ["result"]}]]
    for wrong in broken:
        assert program.send("POST", "/CreateObservations", wrong).json()["problem"] == "STA-107"


def test_a_device_sends_for_itself_alone(broker: Broker) -> None:
    devices.device("D-2", thing="MH-2")
    token = iot.issue_token("D-1", by=ground.BY)
    nobody = ground.Program("")

    def post(name: str, secret: str, stream: int) -> Any:
        basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
        path = f"/Datastreams({stream})/Observations"
        return nobody.send("POST", path, {"result": 5}, Authorization=f"Basic {basic}")

    assert post("D-1", token, ground.stream()).status_code == 201
    assert post("D-1", "wrong", ground.stream()).json()["problem"] == "STA-111"
    assert post("D-2", token, ground.stream()).json()["problem"] == "STA-101"
    assert post("", "", ground.stream()).status_code == 401
    path = f"/Datastreams({ground.stream()})/Observations"
    assert nobody.send("POST", path, {"result": 5}).status_code == 401
    assert ground.Program("officer").send("POST", path, {"result": 5}).status_code == 403
    assert len(broker.kept) == 1


def test_a_client_s_own_series_takes_observations(broker: Broker) -> None:
    program = ground.Program()
    first = {"result": 21.5, "phenomenonTime": AT}
    key = program.made("/Things", {"name": "a", "Datastreams": [ground.series(Observations=[first])]})
    stream = Datastream.objects.get(thing=key)
    program.send("POST", f"/Datastreams({stream.pk})/Observations", {"result": 22.5})
    broker.treated()
    found = program.get(f"/Things({key})", expand="Datastreams/Observations")["Datastreams"][0][
        "Observations"
    ]
    assert [one["result"] for one in found] == [22.5, 21.5]
    with warehouse.reader() as ask:
        assert ask.sql("SELECT measure FROM readings")["measure"].to_pylist() == [stream.measure] * 2


def test_a_single_observation_costs_few_questions(
    broker: Broker, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    """The key, the series, and whether the fleet or a type has changed: devices are known from before."""
    program = ground.Program()
    sent = {"phenomenonTime": AT, "result": 3.5, "Datastream": {"@iot.id": ground.stream()}}
    with django_assert_max_num_queries(8):
        assert program.send("POST", "/Observations", sent).status_code == 201
    for value, status in ((4.5, 201), (99, 422)):
        with django_assert_num_queries(3):
            assert program.send("POST", "/Observations", sent | {"result": value}).status_code == status
    iot.set_state("D-1", State.DISABLED, by=devices.BY)
    assert program.send("POST", "/Observations", sent).status_code == 422
