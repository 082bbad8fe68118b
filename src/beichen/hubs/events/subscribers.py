"""What the room does when others said something: an event that a kind listens to becomes a report."""

from __future__ import annotations

from beichen.hubs.events.intake.signals import take_event
from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber

BY = system("events.intake")
OWN = "events."


@subscriber("events.intake", ">")
def take(event: Event) -> None:
    """Every event of the house passes here, because scenes decide which ones matter; own steps do not."""
    if not event.type.startswith(OWN):
        take_event(event, by=BY)
