"""The door at /events: every content mode, every refusal, and the way to the stream."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from django.test import Client

from beichen.kernel.access.service import create_client, load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.bus import feed
from beichen.kernel.bus.event import decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.levels import Level
from beichen.problem import ProblemError

BY = system("test")
EVENT = {"specversion": "1.0", "id": "1", "source": "urn:test", "type": "water.level.rose", "data": {"m": 2}}
pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> str:
    load_roles(by=BY)
    save_role("gateway", "网关", ["bus.event.publish"], Level.L2, by=BY)
    return create_client("gateway", "Gateway", "gateway", by=BY)


def post(key: str, body: bytes, media_type: str, **headers: str) -> tuple[int, dict[str, Any]]:
    given = {
        "Authorization": f"Bearer {key}",
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    answer = Client().post("/events", body, content_type=media_type, headers=given if key else {})
    document: dict[str, Any] = answer.json()
    return answer.status_code, document


def stored() -> list[Any]:
    return [decode(row) for row in OutboxEvent.objects.order_by("id").values_list("payload", flat=True)]


def test_structured_twice_is_one(key: str) -> None:
    body = orjson.dumps({**EVENT, "actor": "person:FORGED"})
    assert post(key, body, "application/cloudevents+json") == (202, {"accepted": 1, "known": 0})
    assert post(key, body, "application/cloudevents+json") == (202, {"accepted": 0, "known": 1})
    (event,) = stored()
    assert (event.type, event.data, event.actor) == ("water.level.rose", {"m": 2}, "client:gateway")


def test_a_batch_keeps_its_order_and_knows_its_own_doubles(key: str) -> None:
    body = orjson.dumps([{**EVENT, "id": str(n % 3)} for n in range(6)])
    assert post(key, body, "application/cloudevents-batch+json") == (202, {"accepted": 3, "known": 3})
    assert [event.id for event in stored()] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("body", "media_type", "data"),
    [
        (b'{"m": 2}', "application/json", {"m": 2}),
        ("水位".encode(), "text/plain", "水位"),
        (b"\x00\xff", "application/octet-stream", b"\x00\xff"),
    ],
)
def test_binary_mode(key: str, body: bytes, media_type: str, data: object) -> None:
    given = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "urn:test", "ce_type": "water.level.rose"}
    given |= {"ce_subject": "%E6%B2%B3", "ce_level": "2"}
    assert post(key, body, media_type, **given) == (202, {"accepted": 1, "known": 0})
    (event,) = stored()
    assert (event.data, event.subject, event.level) == (data, "河", 2)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"type": "registry.object.created"}, 403, "BUS-112"),
        ({"source": "/registry"}, 403, "BUS-112"),
        ({"level": 3}, 403, "ACC-403"),
        ({"level": "high"}, 422, "BUS-101"),
        ({"type": "no type"}, 422, "BUS-101"),
        ({"specversion": "0.3"}, 400, "BUS-104"),
        ({"data": "x" * 600_000}, 413, "BUS-103"),
        ({"data": "x" * 1_200_000}, 413, "BUS-103"),
    ],
)
def test_refuses(key: str, change: dict[str, object], status: int, code: str) -> None:
    found = post(key, orjson.dumps({**EVENT, **change}), "application/cloudevents+json")
    assert (found[0], found[1]["code"]) == (status, code)
    assert not OutboxEvent.objects.exists()


def test_refuses_whoever_has_no_key_and_a_key_that_is_none() -> None:
    refused = Client().post("/events", orjson.dumps(EVENT), "application/cloudevents+json")
    assert (refused.status_code, refused.json()["code"]) == (401, "BUS-111")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert post("guess", orjson.dumps(EVENT), "application/cloudevents+json")[1]["code"] == "ACC-401"


def test_all_mistakes_of_a_batch_at_once(key: str) -> None:
    body = orjson.dumps([EVENT, {**EVENT, "id": ""}, {**EVENT, "level": 9}])
    status, document = post(key, body, "application/cloudevents-batch+json")
    assert status == 422
    assert [error["where"]["pointer"] for error in document["errors"]] == ["/1/id", "/2/level"]


def test_a_stream_is_asked_for_as_a_stream() -> None:
    assert Client().get("/events").json()["code"] == "BUS-113"
    refused = Client().get("/events?type=a..b", headers={"accept": "text/event-stream"})
    assert refused.json()["code"] == "BUS-105"


def test_the_public_is_led_to_what_it_may_see() -> None:
    load_roles(by=BY)
    answer = Client().get(
        "/events?type=water.*", headers={"accept": "text/event-stream", "last-event-id": "7"}
    )
    assert answer.status_code == 307
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["last"] == ["7"]
    grant = feed.verify(query["grant"][0])
    assert grant.shows({"type": "water.rose", "level": 1})
    assert not grant.shows({"type": "water.rose", "level": 2})
    assert not grant.shows({"type": "air.rose", "level": 1})
    assert grant.redacted({"type": "water.rose", "actor": "person:X"}) == {"type": "water.rose"}


def test_a_grant_ends_and_cannot_be_changed() -> None:
    token = feed.sign(feed.Grant((">",), (feed.Reach("/220000/", 2),), 1000.0))
    assert feed.verify(token, now=999).shows({"type": "a.b", "level": 2, "region": "/220000/220100/"})
    assert not feed.verify(token, now=999).shows({"type": "a.b", "region": "/110000/"})
    for wrong, moment in ((token, 1001.0), (token[:-4] + "AAAA", 999.0), ("", 0.0), ("é", 0.0)):
        with pytest.raises(ProblemError, match="BUS-108"):
            feed.verify(wrong, now=moment)
