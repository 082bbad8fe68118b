"""What this room listens to: objects and devices that change, whose entities then follow."""

from __future__ import annotations

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.platforms.iot.models import Channel, Device
from beichen.platforms.iot.sensorthings.mirror import bring


@subscriber("sensorthings.objects", "registry.object.*")
def follow_object(event: Event) -> None:
    """Bring the entities of an object up to date."""
    if event.subject:
        bring([event.subject])


@subscriber("sensorthings.devices", "iot.device.registered", "iot.device.changed")
def follow_device(event: Event) -> None:
    """Bring up to date what a device feeds. What it fed before follows with the next round of all."""
    device = Device.objects.filter(code=event.subject).select_related("thing").first()
    if device is not None:
        channels = Channel.objects.filter(device=device).values_list("thing__code", flat=True)
        bring([*channels, *([device.thing.code] if device.thing else [])])
