"""When an applicant closes their account: what runs is named first, places at windows are freed."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.fronts.services.items import booking
from beichen.fronts.services.items.models import Appointment, BundleRun
from beichen.fronts.services.items.words import BookingState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.words import CLOSED
from beichen.kernel.access.service import Matter
from beichen.kernel.actor import Actor

MOST = 100


def open_affairs(person: str) -> Iterator[Matter]:
    """The affairs and bundles of a person that run."""
    how = _("withdraw it, or wait for the answer")
    for run in BundleRun.objects.filter(subject=person, closed_at=None).select_related("bundle")[:MOST]:
        yield Matter(f"{run.bundle.label} {run.code}", reverse("services:bundle-run", args=[run.code]), how)
    rows = Affair.objects.filter(subject=person, bundle_part=None).exclude(status__in=CLOSED)
    for row in rows.select_related("definition").defer("state", "before").order_by("-id")[:MOST]:
        href = reverse("services:own-affair", args=[row.code])
        yield Matter(f"{row.heading} {row.code}", href, how)


def give_back(person: str, by: Actor) -> None:
    """Free the places at windows that the person booked and does not need any more."""
    now = timezone.now()
    held = Appointment.objects.filter(subject=person, state=BookingState.BOOKED, ends_at__gt=now)
    for code in held.values_list("code", flat=True):
        booking.cancel(code, by=by, now=now)
