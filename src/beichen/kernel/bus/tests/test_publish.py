"""Publishing: with the transaction or not at all."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from django.db import transaction

from beichen.kernel.actor import system
from beichen.kernel.bus import service as bus
from beichen.kernel.bus.event import check_pattern, decode, identifier, matches, overlap
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.bus.pull import Delivery
from beichen.kernel.bus.subscribers import forget, subscriber
from beichen.problem import ProblemError

BY = system("test")


def _other_handler(_event: bus.Event) -> None:
    """A handler that does nothing."""


@pytest.mark.django_db(transaction=True)
def test_refuses_outside_a_transaction() -> None:
    with pytest.raises(ProblemError, match="BUS-106 publish was called outside a transaction"):
        bus.publish("registry.object.created", "MH-1", {}, by=BY)


@pytest.mark.django_db(transaction=True)
def test_event_exists_if_and_only_if_the_transaction_commits() -> None:
    with transaction.atomic():
        bus.publish("registry.object.created", "MH-1", {}, by=BY)
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()
    with transaction.atomic():
        bus.publish("registry.object.created", "MH-1", {"depth_m": 4}, by=BY, region="/220000/", level=2)
    row = OutboxEvent.objects.get()
    assert row.relayed_at is None
    event = decode(row.payload)
    assert (event.type, event.subject, event.data) == ("registry.object.created", "MH-1", {"depth_m": 4})
    assert (event.source, event.region, event.level, event.actor) == (
        "/registry",
        "/220000/",
        2,
        "system:test",
    )


@pytest.mark.django_db
def test_many_keep_their_order() -> None:
    bus.publish_many([bus.Draft("a.b.c", str(n), n) for n in range(50)], by=BY)
    rows = OutboxEvent.objects.order_by("id").values_list("payload", flat=True)
    assert [decode(row).data for row in rows] == list(range(50))


@pytest.mark.django_db
def test_the_public_sdk_reads_the_payload() -> None:
    bus.publish("plan.facts.imported", "changchun", {"facts": 3}, by=BY)
    payload = OutboxEvent.objects.get().payload
    read = JSONFormat().read(CloudEvent, payload.encode())
    assert read.get_type() == "plan.facts.imported"
    assert read.get_subject() == "changchun"
    assert read.get_extension("actor") == "system:test"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (bus.Draft("no type", "s", {}), "BUS-101 type is 'no type', not words joined by dots"),
        (bus.Draft("", "s", {}), "BUS-101 type is empty"),
        (bus.Draft("a.b", "s", {}, level=7), "BUS-101 level is 7, not 1 to 4"),
        (bus.Draft("a.b", "s" * 300, {}), "BUS-101 subject has 300 characters; at most 200"),
        (bus.Draft("a.b", "s", Decimal("1.5")), "BUS-102 Type is not JSON serializable: decimal.Decimal"),
        (bus.Draft("a.b", "s", "x" * 600_000), "BUS-103 600"),
    ],
)
def test_refuses_what_is_no_event(draft: bus.Draft, expected: str) -> None:
    with pytest.raises(ProblemError) as caught:
        bus.publish_many([bus.Draft("a.b", "fine", {}), draft], by=BY)
    assert expected in str(caught.value)
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xff", "BUS-104 not JSON"),
        (b"[]", "BUS-104 expected a CloudEvent of specversion 1.0, found 'list'"),
        (b'{"specversion":"0.3"}', "BUS-104 expected a CloudEvent of specversion 1.0, found '0.3'"),
        (b'{"specversion":"1.0","id":1}', "BUS-101 id is not text"),
        (b'{"specversion":"1.0","id":"1","source":"s"}', "BUS-101 type is empty"),
        (b'{"specversion":"1.0","id":"1","source":"s","type":"t","level":[]}', "BUS-101 level is [], not 1"),
        (b'{"specversion":"1.0","id":"1","source":"s","type":"t","level":true}', "BUS-101 level is True"),
        (
            b'{"specversion":"1.0","id":"1","source":"s","type":"t","time":"noon"}',
            "BUS-104 Invalid isoformat",
        ),
        (b'{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?"}', "BUS-104"),
        (b'{"specversion":"1.0","id":"1","source":"s","type":"t","Loud":1}', "BUS-101 extension 'Loud'"),
    ],
)
def test_says_what_is_wrong_with_a_message(content: bytes, expected: str) -> None:
    with pytest.raises(ProblemError) as caught:
        decode(content)
    assert expected in str(caught.value)


@pytest.mark.parametrize("data", [None, "text", 3, ["a", {"b": None}], b"\x00\xff"])
def test_data_survives_encoding(data: Any) -> None:
    document = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "x": "kept"}
    event = decode(orjson.dumps(document))
    again = decode(replace(event, data=data).encode())
    assert again.data == data
    assert again.extensions == {"x": "kept"}


@pytest.mark.parametrize(
    ("pattern", "event_type", "covered"),
    [
        ("registry.object.*", "registry.object.created", True),
        ("registry.object.*", "registry.object", False),
        ("registry.object.*", "registry.object.a.b", False),
        ("registry.>", "registry.object.created", True),
        ("registry.>", "registry", False),
        (">", "x", True),
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
    ],
)
def test_patterns_are_those_of_nats(pattern: str, event_type: str, covered: bool) -> None:
    assert matches(check_pattern(pattern), event_type) is covered


@pytest.mark.parametrize("pattern", ["", "a..b", "a.>.b", "a b", "a*"])
def test_refuses_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(ProblemError, match="BUS-105"):
        check_pattern(pattern)


def test_knows_patterns_that_overlap() -> None:
    assert overlap("a.*", "a.b")
    assert overlap("a.>", "a.b.c")
    assert not overlap("a.b", "a.c")
    assert not overlap("a.b", "a.b.c")


def test_a_subscriber_has_one_name_and_separate_patterns() -> None:
    with pytest.raises(ValueError, match="overlap"):
        subscriber("test.overlap", "a.>", "a.b")
    with pytest.raises(ValueError, match="lower-case"):
        subscriber("Test", "a.>")
    with pytest.raises(ValueError, match="no pattern"):
        subscriber("test")
    subscriber("test.once", "a.>")(lambda event: None)
    with pytest.raises(ValueError, match="registered twice"):
        subscriber("test.once", "a.>")(_other_handler)
    forget("test.once")


def test_identifiers_are_uuids_in_the_order_of_time() -> None:
    made = [uuid.UUID(identifier()) for _ in range(100)]
    assert {value.version for value in made} == {7}
    assert len(set(made)) == 100


def test_a_place_in_the_stream_is_read_of_both_forms_of_reply() -> None:
    """NATS ADR-15, with and without a domain."""
    assert Delivery(b"$JS.ACK.BEICHEN.name.1.42.7.1700000000.0", b"", b"").standing().place == 42
    reply = b"$JS.ACK._.account.BEICHEN.name.1.42.7.1700000000.0.token"
    assert Delivery(reply, b"", b"").standing() == (42, 7, 1700000000)
