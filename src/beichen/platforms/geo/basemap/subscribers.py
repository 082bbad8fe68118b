"""Layers that changed: the base map is built anew."""

from __future__ import annotations

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.kernel.jobs.service import enqueue
from beichen.platforms.geo.basemap.jobs import build_base_map


@subscriber("geo.basemap", "geo.layers.changed")
def follow_layers(event: Event) -> None:
    """Put the building into the background; what is current by then is not built twice."""
    del event
    enqueue(build_base_map)
