"""Many requests in one: each as if alone, groups together or not at all, references to what was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from beichen.platforms.iot import ingest
from beichen.platforms.iot.sensorthings.models import Datastream, Thing
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.platforms.iot.sensorthings.tests.test_sending import Broker

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tables: Path) -> Broker:
    """A town whose stream is a list."""
    ground.town()
    made = Broker()
    monkeypatch.setattr(ingest, "post", lambda: made)
    return made


def one(key: str, method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    """A request of a batch."""
    return {"id": key, "method": method, "url": url, **({} if body is None else {"body": body}), **more}


def sent(program: ground.Program, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The responses by their ids."""
    answer = program.send("POST", "/$batch", {"requests": list(requests)})
    assert answer.status_code == 200, answer.content
    found = answer.json()["responses"]
    assert [response["id"] for response in found] == [request["id"] for request in requests]
    return {response["id"]: response for response in found}


def test_requests_are_answered_in_order_and_name_what_earlier_ones_made(broker: Broker) -> None:
    program = ground.Program()
    observation = {"result": 3, "phenomenonTime": "2026-07-01T12:00:00Z", "Datastream": {"@iot.id": "$d"}}
    found = sent(
        program,
        one("t", "post", "Things", {"name": "Station"}),
        one("d", "POST", "Things($t)/Datastreams", ground.series()),
        one("o", "post", "Observations", observation),
        one("p", "patch", "Things($t)", {"name": "Roof"}),
        one("g", "get", "Things($t)?$select=name&$expand=Datastreams($select=name)"),
        one("r", "get", "Things($t)/Datastreams/$ref"),
        one("v", "get", "Things($t)/name/$value"),
    )
    assert [response["status"] for response in found.values()] == [201, 201, 201, 200, 200, 200, 200]
    assert found["g"]["body"] == {"name": "Roof", "Datastreams": [{"name": "Roof temperature"}]}
    assert found["v"]["body"] == "Roof"
    assert found["r"]["body"]["value"][0]["@iot.selfLink"] == found["d"]["location"]
    assert len(broker.kept) == 1


def test_one_that_is_refused_stops_no_other(broker: Broker) -> None:
    program = ground.Program()
    found = sent(
        program,
        one("a", "post", "Sensors", {"name": "x"}),
        one("b", "get", "Things($a)"),
        one("c", "get", "Nothing"),
        one("e", "delete", "Things(999999)"),
        one("f", "get", "Things?$top=1"),
    )
    assert [response["status"] for response in found.values()] == [400, 400, 404, 404, 200]
    assert found["a"]["body"]["problem"] == "STA-107"
    assert found["b"]["body"]["message"] == "the request a made nothing before"


def test_a_group_is_kept_together_or_not_at_all(broker: Broker) -> None:
    program = ground.Program()
    before = Thing.objects.count()
    found = sent(
        program,
        one("t", "post", "Things", {"name": "Station"}, atomicityGroup="g"),
        one("d", "post", "Things($t)/Datastreams", {"name": "no unit"}, atomicityGroup="g"),
        one("n", "get", "Things", atomicityGroup="g"),
        one("after", "get", "Things($t)"),
    )
    assert [response["status"] for response in found.values()] == [424, 400, 424, 400]
    assert Thing.objects.count() == before
    found = sent(
        program,
        one("t", "post", "Things", {"name": "Station"}, atomicityGroup="g"),
        one("d", "post", "Things($t)/Datastreams", ground.series(), atomicityGroup="g"),
    )
    assert [response["status"] for response in found.values()] == [201, 201]
    assert Datastream.objects.filter(thing__name="Station").count() == 1


def deep(levels: int) -> Any:
    """JSON that is nested."""
    value: Any = 1
    for _level in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"requests": [one("a", "post", "Things", {"name": "x", "properties": {"x": deep(900)}})]}, ""),
        ([], "/requests"),
        ({"requests": []}, "/requests"),
        ({"requests": [one(str(number), "get", "Things") for number in range(101)]}, "/requests"),
        ({"requests": [one("a b", "get", "Things")]}, "/requests/0"),
        ({"requests": [one("a", "get", "Things"), one("a", "get", "Things")]}, "/requests/1"),
        ({"requests": [one("a", "trace", "Things")]}, "/requests/0/method"),
        ({"requests": [one("a", "get", "")]}, "/requests/0/url"),
        ({"requests": [one("a", "post", "$batch", {"requests": []})]}, "/requests/0/url"),
        (
            {"requests": [one("a", "post", "Observations", {}, atomicityGroup="g")]},
            "/requests/0/atomicityGroup",
        ),
    ],
)
def test_what_is_no_batch_is_refused(broker: Broker, content: Any, pointer: str) -> None:
    answer = ground.Program().send("POST", "/$batch", json.dumps(content).encode())
    assert (answer.status_code, answer.json()["problem"]) == (400, "STA-107")
    assert answer.json().get("where", {}).get("pointer", "") == pointer


def test_a_batch_has_no_more_rights_than_its_sender(broker: Broker) -> None:
    found = sent(
        ground.Program(role=""),
        one("a", "post", "Sensors", ground.SENSOR),
        one("b", "get", "Things"),
        one("c", "delete", "Things(1)"),
    )
    assert found["a"]["status"] in {401, 403}
    assert found["b"]["status"] == 200
    assert found["c"]["status"] in {401, 403}
