"""What the room does when something was decided: the person hears of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from beichen.fronts.codes.models import Return
from beichen.fronts.codes.telling import tell_person
from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber

BY = system("codes.returns")
NEWS = timedelta(days=2)
"""What is older says nothing new: a house that begins to listen finds the events of before."""


@subscriber("codes.returns", "codes.return.decided")
def tell(event: Event) -> None:
    """Whose code it was hears that it was given back, or not."""
    if event.time < timezone.now() - NEWS:
        return
    rows = Return.objects.select_related("person", "reader", "entitlement")
    row = rows.filter(reference=event.subject).first()
    if row is not None:
        tell_person(row, f"return:{event.id}", by=BY)
