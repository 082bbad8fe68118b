"""What the house's entities follow: events of objects and devices, channels, and all of them now and then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from beichen.kernel.bus.event import Event
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.sensorthings import jobs, service, subscribers
from beichen.platforms.iot.sensorthings.models import Datastream, Sensor, Thing
from beichen.platforms.iot.sensorthings.tests import ground
from beichen.platforms.iot.tests import ground as devices
from beichen.registry import service as registry

pytestmark = pytest.mark.django_db


def happened(kind: str, subject: str) -> Event:
    """An event of the house."""
    return Event(
        id="1", source="test", type=kind, subject=subject, time=datetime(2026, 7, 1, tzinfo=UTC), data={}
    )


def test_events_bring_entities_up_to_date() -> None:
    ground.town()
    ground.well("MH-3", "北井", 125.7)
    subscribers.follow_object(happened("registry.object.created", "MH-3"))
    thing = Thing.objects.get(object__code="MH-3")
    assert thing.datastreams.filter(sensor__name="unknown", device=None).count() == 4
    channels = (
        iot.ChannelFacts("v", "MH-3", "level_m"),
        iot.ChannelFacts("raw", "MH-3", "count", factor=2.0),
    )
    devices.device("D-9", thing="", channels=channels)
    subscribers.follow_device(happened("iot.device.registered", "D-9"))
    level = Datastream.objects.get(thing=thing, measure="level_m")
    assert (level.device.code if level.device else "", level.entry) == ("D-9", "v")
    assert Datastream.objects.get(thing=thing, measure="count").entry == ""
    assert Sensor.objects.get(device__code="D-9").datastreams.count() == 2
    registry.remove_objects(["urn:ngsi-ld:well:MH-3"], by=ground.BY)
    subscribers.follow_object(happened("registry.object.removed", "MH-3"))
    assert not Thing.objects.filter(object__code="MH-3").exists()
    subscribers.follow_object(happened("registry.object.changed", "NOBODY"))
    subscribers.follow_device(happened("iot.device.changed", "NOBODY"))


def test_all_entities_follow_their_types() -> None:
    ground.town()
    measures = {"level_m": {"unit": "m", "zh": "液位"}}
    fields = {"depth_m": {"type": "number"}}
    registry.declare_types(
        [registry.TypeFacts(key="well", name="井", fields=fields, measures=measures)],
        scene="drainage",
        by=ground.BY,
    )
    jobs.follow_all.func()
    assert sorted(Datastream.objects.values_list("name", flat=True)) == ["West's well 液位", "东井 液位"]
    registry.declare_types(
        [registry.TypeFacts(key="well", name="井", fields=fields)], scene="drainage", by=ground.BY
    )
    service.bring_all()
    assert not Thing.objects.exists()
