"""What this room listens to: things of the registry, whose names are found as places."""

from __future__ import annotations

from beichen.kernel.actor import system
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.platforms.geo.addresses.gazetteer import drop_places, keep_places
from beichen.platforms.geo.addresses.names import place_of_object
from beichen.problem import ProblemError
from beichen.registry.service import object_by_code

BY = system("geo")


@subscriber("geo.names", "registry.object.created", "registry.object.changed", "registry.object.removed")
def follow(event: Event) -> None:
    """Keep the place of a thing as its thing is."""
    try:
        facts = place_of_object(object_by_code(event.subject, by=BY))
    except ProblemError:
        facts = None
    written = drop_places([f"object:{event.subject}"]) if facts is None else keep_places([facts])
    if written:
        audit.record(BY, "geo.place.follow", "platforms_geo.place", detail={"object": event.subject})
