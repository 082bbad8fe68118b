"""What the room does when something has happened to an affair: its bundle goes on, its applicant is told."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.telling import APPLICANT, tell_applicant
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber

BUNDLES = system("services.bundles")
APPLICANTS = system("services.applicants")
NEWS = timedelta(days=2)
"""What is older says nothing new: a house that begins to listen finds the events of before."""


@subscriber(
    "services.bundles", "services.affair.closed", "services.affair.withdrawn", "services.affair.annulled"
)
def follow(event: Event) -> None:
    """The next part of a bundle starts, or its answer is given."""
    bundling.follow(event.subject, by=BUNDLES)


@subscriber("services.applicants", *APPLICANT)
def tell(event: Event) -> None:
    """Whoever applied hears of missing material, of a clock that stands still, and of what was decided."""
    if event.time < timezone.now() - NEWS:
        return
    affair = Affair.objects.select_related("definition", "region").filter(code=event.subject).first()
    if affair is not None:
        tell_applicant(affair, event.type, f"affair:{event.id}", by=APPLICANTS)
