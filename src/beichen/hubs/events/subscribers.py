"""What the room does when others said something: an event that a kind listens to becomes a report."""

from __future__ import annotations

from beichen.hubs.events.intake.signals import listened, take_event
from beichen.hubs.events.notices import TOLD, tell
from beichen.hubs.events.sealing import seal_case
from beichen.hubs.events.suggesting import let_go, look_at
from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber

BY = system("events.intake")
SEALER = system("events.seal")
OWN = "events."


@subscriber("events.intake", ">", among=listened)
def take(event: Event) -> None:
    """What some kind listens to now: scenes decide that. Own steps open nothing."""
    if not event.type.startswith(OWN):
        take_event(event, by=BY)


@subscriber("events.suggest", "events.case.opened", "events.case.reopened", "events.case.appealed")
def suggest(event: Event) -> None:
    """A new case gets its suggestions beside the report's way, which they must not slow down."""
    look_at(event.subject)


@subscriber("events.forget", "events.case.closed", "events.case.refused")
def forget(event: Event) -> None:
    """A closed case is no candidate for new ones."""
    let_go(event.subject)


@subscriber("events.seal", "events.case.closed")
def seal(event: Event) -> None:
    """What was done about a closed case can no longer be changed unseen."""
    seal_case(event, by=SEALER)


@subscriber("events.notices", *(f"events.case.{step}" for step in sorted(TOLD)))
def notify(event: Event) -> None:
    """Desks and reporters are told what concerns them."""
    tell(event, by=BY)
