"""The door at `/events` and the grant that leads to the stream: who comes in, and with what."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.actor import system
from beichen.kernel.bus import feed, service
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.levels import Level
from beichen.problem import ProblemError

BY = system("test")
STRUCTURED = "application/cloudevents+json"
GRANT = feed.Grant(("test.>",), (feed.Reach("", 1),), expires=1000.0)


def event(**attributes: Any) -> bytes:
    """A CloudEvent of a gateway, in JSON."""
    document = {"specversion": "1.0", "id": "1", "source": "urn:gateway:1", "type": "gateway.thing.seen"}
    return orjson.dumps(document | attributes)


@pytest.fixture
def key(db: None) -> str:
    """The key of a client that may publish."""
    access.save_role("gateway", "网关", [service.PUBLISH], Level.L2, by=BY)
    return access.create_client("gateway", "gateway", "gateway", by=BY)


@pytest.mark.django_db
def test_events_are_not_taken_without_a_client_key() -> None:
    answer = Client().post("/events", event(), STRUCTURED)
    assert (answer.status_code, answer.json()["code"]) == (401, "BUS-111")
    assert answer.json()["detail"] == "the request has no client key"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not OutboxEvent.objects.exists()


def test_a_room_s_own_events_are_not_taken_from_outside(key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    own = Client().post("/events", event(type="registry.object.created"), STRUCTURED, headers=headers)
    assert (own.status_code, own.json()["code"]) == (403, "BUS-112")
    assert own.json()["detail"] == "registry.object.created is an event of Beichen's own"
    source = Client().post("/events", event(source="/gateway"), STRUCTURED, headers=headers)
    assert source.json()["code"] == "BUS-112"
    assert not OutboxEvent.objects.exists()
    assert Client().post("/events", event(), STRUCTURED, headers=headers).json() == {
        "accepted": 1,
        "known": 0,
    }


def test_events_are_read_as_a_stream_only() -> None:
    answer = Client().get("/events", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (406, "BUS-113")
    assert answer.json()["hint"] == "Accept: text/event-stream"


@pytest.mark.parametrize(
    "token", ["", "nonsense", "é", feed.sign(GRANT)[:-4] + "AAAA", "A" + feed.sign(GRANT)]
)
def test_a_grant_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(ProblemError, match="BUS-108 the grant cannot be read") as caught:
        feed.verify(token, now=999.0)
    assert caught.value.status == 401


def test_a_grant_ends() -> None:
    token = feed.sign(GRANT)
    assert feed.verify(token, now=999.0) == GRANT
    with pytest.raises(ProblemError, match="BUS-108 the grant is over"):
        feed.verify(token, now=1001.0)
