"""Endpoints: which addresses are spoken to, what of a subscription is wrong, and MQTT."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from beichen.kernel.actor import system
from beichen.problem import ProblemError
from beichen.registry.models import Subscription
from beichen.registry.subscriptions import endpoint
from beichen.registry.subscriptions.post import DeliveryError
from beichen.registry.subscriptions.publication import publish
from beichen.registry.tests.clients import Program
from beichen.registry.tests.endpoints import PostBox, deliver, mqtt_broker, subscribe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback")]
BY = system("test")
WELL = "urn:ngsi-ld:Well:1"


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:192.168.1.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "https://0.0.0.0/",
        "mqtt://192.168.1.4/topic",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
    ],
)
def test_addresses_of_the_own_network_are_refused(program: Program, uri: str) -> None:
    problem = subscribe(program, uri, status=400).json()
    assert problem["code"] == "REG-114"
    assert problem["type"].endswith("BadRequestData")


def test_networks_that_the_settings_name_are_allowed(program: Program) -> None:
    subscribe(program, "http://10.20.30.40/notify")


def test_a_name_that_leads_inside_is_not_followed(
    program: Program, box: PostBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(program, "http://example.org/notify")
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: answer)
    program.create(WELL, "Well", depth=1)
    assert deliver() == 1
    row = Subscription.objects.get()
    assert row.times_failed == 1
    assert "REG-114" in row.last_error
    with pytest.raises(ProblemError, match="REG-114"):
        endpoint.resolve("example.org", 80)


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"type": "Nothing"}, "/type"),
        ({"id": "no uri"}, "/id"),
        ({"entities": []}, "/entities"),
        ({"entities": [{"id": WELL}]}, "/entities/0/type"),
        ({"entities": [{"type": "Well", "id": 7}]}, "/entities/0/id"),
        ({"entities": None}, "/entities"),
        ({"watchedAttributes": []}, "/watchedAttributes"),
        ({"notificationTrigger": ["entityChanged"]}, "/notificationTrigger"),
        ({"timeInterval": 5, "throttling": 5}, "/timeInterval"),
        ({"throttling": -1}, "/throttling"),
        ({"throttling": True}, "/throttling"),
        ({"expiresAt": "2000-01-01T00:00:00Z"}, "/expiresAt"),
        ({"q": "(("}, "/q"),
        ({"geoQ": {"georel": "near", "geometry": "Point", "coordinates": [1, 2]}}, "/geoQ"),
        ({"geoQ": 7}, "/geoQ"),
        ({"isActive": "yes"}, "/isActive"),
        ({"jsonldContext": "no url"}, "/jsonldContext"),
        ({"notification": {"endpoint": {"uri": "ftp://example.org"}}}, "/notification/endpoint/uri"),
        ({"notification": {"endpoint": {"uri": "mqtt://example.org"}}}, "/notification/endpoint/uri"),
        ({"notification": {"endpoint": None}}, "/notification/endpoint"),
        ({"notification": {"format": "loud"}}, "/notification/format"),
        ({"notification": {"format": "keyValues", "showChanges": True}}, "/notification/showChanges"),
        ({"notification": {"attributes": ["a"], "pick": ["b"]}}, "/notification/attributes"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    program: Program, members: dict[str, Any], pointer: str
) -> None:
    problem = subscribe(program, "https://example.org/n", status=400, **members).json()
    assert problem["code"] == "REG-101"
    places = [item.get("pointer") for item in problem.get("problems", [problem])]
    assert pointer in json.dumps(problem), places
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "info", [{"Content-Length": "1"}, {"Host": "x"}, {"bad name": "x"}, {"X-A": "a\r\nB: c"}]
)
def test_headers_cannot_change_the_message(program: Program, info: dict[str, str]) -> None:
    pairs = [{"key": key, "value": value} for key, value in info.items()]
    uri = "https://example.org/n"
    subscribe(program, uri, status=400, notification={"endpoint": {"uri": uri, "receiverInfo": pairs}})


@pytest.mark.parametrize(
    ("version", "qos"), [("mqtt3.1.1", 0), ("mqtt3.1.1", 1), ("mqtt5.0", 1), ("mqtt5.0", 2)]
)
def test_notifications_go_over_mqtt(program: Program, version: str, qos: int) -> None:
    with mqtt_broker() as (port, came):
        uri = f"mqtt://127.0.0.1:{port}/city/wells"
        info = [{"key": "MQTT-Version", "value": version}, {"key": "MQTT-QoS", "value": str(qos)}]
        subscribe(program, uri, notification={"endpoint": {"uri": uri, "notifierInfo": info}})
        program.create(WELL, "Well", depth=1)
        assert deliver() == 1
        assert Subscription.objects.get().times_failed == 0
    topic, payload, given, spoken = came[0]
    assert (topic, given, spoken) == ("city/wells", qos, 5 if version == "mqtt5.0" else 4)
    message = json.loads(payload)
    assert message["body"]["data"][0]["id"] == WELL
    assert message["metadata"]["Content-Type"] == "application/json"


def test_a_broker_that_refuses_is_a_failure() -> None:
    with mqtt_broker(refuses=True) as (port, _came), pytest.raises(DeliveryError, match="refuses"):
        publish(f"mqtt://127.0.0.1:{port}/t", b"{}", 5, 1, 5.0)
