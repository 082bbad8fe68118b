"""What the room does when an affair has ended: the bundle that it is of goes on, a paid fee is told."""

from __future__ import annotations

from beichen.fronts.services.items import bundling
from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber

BUNDLES = system("services.bundles")


@subscriber("services.bundles", "services.affair.closed", "services.affair.withdrawn")
def follow(event: Event) -> None:
    """The next part of a bundle starts, or its answer is given."""
    bundling.follow(event.subject, by=BUNDLES)
