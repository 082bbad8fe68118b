"""Events of the bus and of programs at `/events` that open cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.hubs.events import service, subscribers
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.tests import city
from beichen.kernel.access import service as access
from beichen.kernel.bus import delivery
from beichen.kernel.bus.delivery import Message
from beichen.kernel.bus.event import Event, from_dict
from beichen.kernel.bus.models import InboxEntry, OutboxEvent, Subscription
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import registered_subscribers
from beichen.kernel.org.models import Region

pytestmark = pytest.mark.django_db


def signal(data: Any = None, **attributes: Any) -> Event:
    """An event of a sensor."""
    values: dict[str, Any] = {
        "id": "1",
        "source": "//sensors.example",
        "type": "sensor.level.high",
        "subject": "S-1",
        "time": datetime(2025, 6, 9, tzinfo=UTC),
        "data": data,
    }
    return Event(**(values | attributes))


def test_an_event_that_a_kind_listens_to_opens_a_case_once() -> None:
    city.build()
    region = Region.objects.get(code=city.EAST)
    for _ in range(2):
        subscribers.take(signal({"text": "水位过高"}, region=region.path))
    case = Case.objects.get()
    assert (case.text, case.region, case.kind and case.kind.key) == ("水位过高", region, "works.internal")
    assert Report.objects.get().channel == "device"
    subscribers.take(signal(id="2"))
    assert Case.objects.get(region__code=city.CITY).title == "内部事件 · S-1"


def test_only_what_a_kind_listens_to_is_claimed() -> None:
    """A batch of the house's events: the bus follows what is declared, and moves past the rest."""
    city.build()
    to = registered_subscribers()["events.intake"]
    Subscription.objects.create(name=to.name)

    def deliver(*places: int) -> set[str]:
        types = ("registry.object.created", "sensor.level.high", "traffic.jam")
        messages = [
            Message(place, signal({"text": "高"}, id=str(place), type=types[place % 3]).encode())
            for place in places
        ]
        delivery.deliver(to, messages, now=datetime(2025, 6, 9, tzinfo=UTC), retry=Retry())
        return set(InboxEntry.objects.values_list("key", flat=True))

    assert deliver(1, 2, 3) == {"//sensors.example#1"}
    assert Subscription.objects.get(name=to.name).position == 3
    kinds = city.KINDS | {"works.jam": {"name": {"zh": "拥堵", "en": "Jam"}, "on": ["traffic.>"]}}
    service.declare_kinds(kinds, scene="works", by=city.SETUP)
    assert deliver(2, 3, 5, 6) == {"//sensors.example#1", "//sensors.example#5"}
    assert Report.objects.count() == 2


def test_other_events_and_own_steps_open_nothing() -> None:
    city.build()
    subscribers.take(signal(type="traffic.jam"))
    city.report()
    for row in OutboxEvent.objects.all():
        subscribers.take(from_dict(orjson.loads(row.payload)))
    assert Case.objects.count() == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["text", "longitude", "latitude", "location", "address", "type", "coordinates"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=8,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_the_data_is_the_draft_is_one(data: Any) -> None:
    from beichen.hubs.events.intake.signals import draft_of
    from beichen.hubs.events.models import EventKind

    draft = draft_of(
        signal(data), EventKind(key="works.internal", declared=city.KINDS["works.internal"], name="x")
    )
    assert draft.text
    assert (draft.longitude is None) == (draft.latitude is None)


def test_a_program_sends_events_over_http(client: Client) -> None:
    city.build()
    access.save_role("device", "设备", ["bus.event.publish"], access_level(), by=city.SETUP)
    key = access.create_client("gateway", "Gateway", "device", by=city.SETUP)
    body = {
        "specversion": "1.0", "id": "9", "source": "https://gateway.example", "type": "sensor.level.high",
        "subject": "S-9", "data": {"text": "高水位"},
    }  # fmt: skip
    answer = client.post(
        "/events",
        orjson.dumps(body),
        content_type="application/cloudevents+json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "known": 0})
    for row in OutboxEvent.objects.filter(type="sensor.level.high"):
        subscribers.take(from_dict(orjson.loads(row.payload)))
    assert Case.objects.get().text == "高水位"


def access_level() -> Any:
    """The level of what devices say."""
    from beichen.kernel.levels import Level

    return Level.L2
