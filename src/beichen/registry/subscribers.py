"""What this room listens to: its own events, for those who subscribed to objects."""

from __future__ import annotations

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.registry.subscriptions.matching import note


@subscriber("registry.notifications", "registry.object.*")
def notify(event: Event) -> None:
    """Queue the notifications that the change of an object causes."""
    note(event)
