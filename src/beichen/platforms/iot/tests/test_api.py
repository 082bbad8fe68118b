"""`/api/devices`: what programs and devices do over HTTP, and that what is answered is durable."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import cbor2
import orjson
import pyarrow as pa
import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.bus import broker
from beichen.kernel.bus.tests.broker import NatsServer
from beichen.platforms.iot import posting, service
from beichen.platforms.iot.columns import unpacked
from beichen.platforms.iot.posting import in_memory
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.topics import STREAM

pytestmark = pytest.mark.django_db
BY = ground.BY


class Program:
    """A client of the API with a key of a role."""

    def __init__(self, role: str = "engineer") -> None:
        secret = access.create_client(role, role, role, by=BY)
        self._client, self._headers = Client(), {"Authorization": f"Bearer {secret}"}

    def send(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """The response; ``body`` is bytes or JSON."""
        data = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""
        return self._client.generic(
            method, f"/api/devices{path}", data, content_type=kind, headers=self._headers
        )

    def get(self, path: str) -> Any:
        """The answer to GET as JSON."""
        response = self.send("GET", path)
        assert response.status_code == 200, response.content
        return response.json()


def problems(response: Any) -> list[str]:
    """The codes of a refusal."""
    document = response.json()
    return [one["code"] for one in document.get("errors", [document])]


@pytest.fixture(autouse=True)
def _town() -> None:
    ground.town()
    ground.well()


@pytest.mark.parametrize("rate", [b"166424179953832508260352", b"-9223372036854775809"])
def test_a_number_that_nothing_keeps_is_refused(rate: bytes) -> None:
    refused = Program().send("POST", "", b'{"devices": [{"code": "D-1", "rate": %s}]}' % rate)
    assert (refused.status_code, problems(refused)) == (422, ["IOT-102"])


def test_a_device_from_registration_to_command() -> None:
    program = Program()
    channel = {"name": "v", "thing": "MH-1", "measure": "level_m", "factor": 0.01}
    told = [{"code": "D-1", "thing": "MH-1", "channels": [channel]}, {"code": "D-2"}, {"code": "no no"}]
    made = program.send("POST", "", {"devices": told})
    assert made.status_code == 201
    assert made.json()["registered"] == ["D-1", "D-2"]
    assert made.json()["refused"]["2"][0]["code"] == "IOT-102"
    none = program.send("POST", "", {"devices": [{"code": "no no"}]})
    assert (none.status_code, list(none.json()["refused"])) == (422, ["0"])
    listed = program.get("?limit=1")
    assert [row["code"] for row in listed["devices"]] == ["D-1"]
    assert [row["code"] for row in program.get(f"?after={listed['next']}")["devices"]] == ["D-2"]
    assert program.get("?thing=MH-1&state=registered&online=false&text=D")["devices"][0]["region"] == "990102"
    token = program.send("POST", "/D-1/credentials", {"kind": "token"}).json()["token"]
    assert service.admits("D-1", token)
    claim = program.send("POST", "/D-2/credentials", {"kind": "claim"}).json()["claim"]
    claimed = Client().post("/api/devices/D-2/claim", {"claim": claim}, content_type="application/json")
    assert service.admits("D-2", claimed.json()["token"])
    shown = program.get("/D-1")
    assert shown["channels"] == [{**channel, "offset": 0.0}]
    assert token not in str(shown)
    number = shown["credentials"][0]["number"]
    assert program.send("DELETE", f"/D-1/credentials/{number}").status_code == 204
    assert not service.admits("D-1", token)
    ordered = program.send("POST", "/D-1/commands", {"name": "calibrate", "parameters": {"zero_m": 1}})
    assert ordered.status_code == 201
    assert program.get("/D-1/commands")["commands"][0]["state"] == "waiting"
    for body in ({"name": "dance"}, {"name": "calibrate", "parameters": {"zero_m": "x", "y": 1}}):
        assert set(problems(program.send("POST", "/D-1/commands", body))) == {"IOT-112"}
    assert program.send("PUT", "/D-1", {"name": "新"}).json()["name"] == "新"
    assert program.send("POST", "/D-1/state", {"state": "lost"}).json()["state"] == "lost"
    assert problems(program.send("GET", "/D-9")) == ["IOT-101"]


def test_who_may_not() -> None:
    ground.device()
    officer = Program("officer")
    assert officer.send("GET", "").json()["devices"] == []
    assert problems(officer.send("POST", "", {"devices": []})) == ["ACC-403"]
    assert problems(officer.send("POST", "/D-1/telemetry", {"level_m": 1})) == ["ACC-403"]
    assert problems(officer.send("POST", "/readings", [])) == ["ACC-403"]
    for secret in ("D-1:wrong", "D-2:wrong", "D-1", "\0:"):
        basic = base64.b64encode(secret.encode()).decode()
        response = Client().post(
            "/api/devices/D-1/telemetry", b"{}", content_type="x", headers={"Authorization": f"Basic {basic}"}
        )
        assert problems(response) == ["IOT-109"]


@pytest.fixture
def kept(mqtt_server: NatsServer) -> Iterator[NatsServer]:
    """A broker to which this process posts."""
    posting.connection.cache_clear()
    yield mqtt_server
    posting.connection().close()
    posting.connection.cache_clear()


def messages() -> list[tuple[str, bytes]]:
    """What the stream holds."""

    async def read() -> list[tuple[str, bytes]]:
        client = await broker.connect("test")
        try:
            js = client.jetstream()
            last = (await js.stream_info(STREAM)).state.last_seq
            found = [await js.get_msg(STREAM, number) for number in range(1, last + 1)]
            return [(str(one.subject).rpartition("v1.")[2], one.data or b"") for one in found]
        finally:
            await client.close()

    return asyncio.run(read())


def test_a_batch_is_as_large_as_is_said() -> None:
    """Larger than any form: 200,000 readings, and no byte more than the limit."""
    size = 200_000
    at = pa.array(range(size), pa.timestamp("ms", "UTC"))
    table = pa.table(
        {"device": ["D-1"] * size, "measure": ["level_m"] * size, "value": [1.5] * size, "at": at}
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    assert len(content) > 2 * 2_621_440
    kind = "application/vnd.apache.arrow.stream"
    collector = Program("device-gateway")
    with in_memory() as kept_in_memory:
        assert collector.send("POST", "/readings", content, kind).json() == {"accepted": size}
    assert sum(len(unpacked(payload).at) for _subject, payload in kept_in_memory) == size
    assert problems(collector.send("POST", "/readings", bytes((16 << 20) + 1), kind)) == ["IOT-110"]


@pytest.mark.engines
def test_what_is_answered_is_in_the_stream(kept: NatsServer) -> None:
    ground.device()
    token = service.issue_token("D-1", by=BY)
    basic = base64.b64encode(f"D-1:{token}".encode()).decode()
    own = {"Authorization": f"Basic {basic}"}
    path, payload = "/api/devices/D-1/telemetry", cbor2.dumps({"level_m": 2})
    done = Client().post(path, payload, content_type="application/cbor", headers=own)
    assert (done.status_code, done.json()) == (202, {"accepted": 1})
    for bad in (b"{", b'{"ts":1%s,"level_m":2}' % (b"0" * 400)):
        refused = Client().post(path, bad, content_type="application/json", headers=own)
        assert problems(refused) == ["IOT-110"], bad
    collector = Program("device-gateway")
    columns = {"device": ["D-1", "D-2", "D-1"], "measure": ["level_m"] * 3, "value": [1.0, 2.0, 3.0]}
    sink = pa.BufferOutputStream()
    table = pa.table(columns)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    arrow = sink.getvalue().to_pybytes()
    kind = "application/vnd.apache.arrow.stream"
    assert collector.send("POST", "/readings", arrow, kind).json() == {"accepted": 3}
    rows = [{"device": "D-3", "measure": "state", "value": "wet", "at": "2026-07-01T12:00:00Z", "seq": 4}]
    assert collector.send("POST", "/readings", rows).json() == {"accepted": 1}
    found = messages()
    assert found[0] == ("D-1.telemetry", payload)
    assert [name for name, _content in found[1:]] == ["D-1.telemetry", "D-2.telemetry", "D-3.telemetry"]
    assert orjson.loads(found[1][1]) == [{"values": {"level_m": 1.0}}, {"values": {"level_m": 3.0}}]
    for content, media_type in (
        (b"junk", kind),
        (arrow[:-40], kind),
        (b"{}", "application/json"),
        (b"[]", "application/json"),
        (b"[1]", "application/json"),
        (b'[{"device":"a b","measure":"x","value":1}]', "application/json"),
        (b'[{"device":"D","measure":"x","value":null}]', "application/json"),
        (b'[{"device":"D","measure":"x","value":1,"at":"never"}]', "application/json"),
        (b'[{"device":"D","measure":"x","value":1,"at":[1]}]', "application/json"),
        (b"device,measure,value,seq\nD,x,1,%s\n" % (b"9" * 400), "text/csv"),
    ):
        assert problems(collector.send("POST", "/readings", content, media_type)) == ["IOT-110"], content
    kept.kill()
    assert problems(collector.send("POST", "/readings", rows)) == ["IOT-111"]
    kept.start()
    assert collector.send("POST", "/readings", rows).status_code == 202
