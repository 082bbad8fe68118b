"""What the room does when something has happened to an affair: its bundle goes on, its applicant is told."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.payment import refunding
from beichen.fronts.services.items.telling import APPLICANT, PAYER, tell_applicant, tell_of_fee
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.telling import tell_body, tell_objector
from beichen.fronts.services.objection.words import Ruling
from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber

BUNDLES = system("services.bundles")
APPLICANTS = system("services.applicants")
OBJECTIONS = system("services.objections")
NEWS = timedelta(days=2)
"""What is older says nothing new: a house that begins to listen finds the events of before."""


@subscriber(
    "services.bundles", "services.affair.closed", "services.affair.withdrawn", "services.affair.annulled"
)
def follow(event: Event) -> None:
    """The next part of a bundle starts, or its answer is given."""
    bundling.follow(event.subject, by=BUNDLES)


@subscriber(
    "services.refunds", "services.affair.closed", "services.affair.withdrawn", "services.affair.annulled"
)
def give_back(event: Event) -> None:
    """A fee that was paid for what was not given goes back, or waits for an officer who decides."""
    refunding.weigh_affair(event.subject)


@subscriber("services.payers", *PAYER)
def tell_payer(event: Event) -> None:
    """Whoever applied hears that a fee has gone back to them, or that it is kept."""
    if event.time < timezone.now() - NEWS:
        return
    payment = (
        Payment.objects.select_related("affair__definition", "affair__region")
        .filter(code=event.subject)
        .first()
    )
    if payment is not None:
        tell_of_fee(payment, event.type, f"payment:{event.id}", by=APPLICANTS)


@subscriber("services.applicants", *APPLICANT)
def tell(event: Event) -> None:
    """Whoever applied hears of missing material, of a clock that stands still, and of what was decided."""
    if event.time < timezone.now() - NEWS:
        return
    affair = Affair.objects.select_related("definition", "region").filter(code=event.subject).first()
    if affair is not None:
        tell_applicant(affair, event.type, f"affair:{event.id}", by=APPLICANTS)


@subscriber(
    "services.objections",
    "services.affair.objected",
    "services.affair.objection-answered",
    "services.affair.withdrawn",
)
def tell_of_objection(event: Event) -> None:
    """The body hears of an objection, who filed it of the answer, and that none is needed any more."""
    if event.time < timezone.now() - NEWS:
        return
    rows = Objection.objects.select_related("affair__definition", "affair__region", "body", "person")
    rows = rows.filter(affair__code=event.subject)
    is_withdrawn = event.type == "services.affair.withdrawn"
    wanted = {"ruling": Ruling.LAPSED} if is_withdrawn else {"code": str((event.data or {}).get("objection"))}
    tell = tell_body if event.type == "services.affair.objected" else tell_objector
    for row in rows.filter(**wanted):
        tell(row, f"objection:{row.code}:{event.id}", by=OBJECTIONS)
