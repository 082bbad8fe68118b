"""Items within reach of the door: found by its one search, appointments on a card of `/my`."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.items.catalogue import search
from beichen.fronts.services.items.listing import address_of
from beichen.fronts.services.items.models import Appointment
from beichen.fronts.services.items.words import BookingState
from beichen.kernel.access.service import Subject
from beichen.web.cards import Card, register_card
from beichen.web.findings import MOST_EACH, Found, register_finding

SHOWN = 3
KIND = _("Service")


def find_services(_request: HttpRequest, query: str) -> list[Found]:
    """The items and bundles that the words may mean."""
    found = search(query)[:MOST_EACH]
    return [Found(one.name, address_of(one), KIND, one.about or one.body_name) for one in found]


def appointments_card(_request: HttpRequest, subject: Subject) -> Card:
    """The appointments to come of a subject."""
    rows = Appointment.objects.filter(
        subject=subject.code, state=BookingState.BOOKED, starts_at__gt=timezone.now()
    )
    found = list(rows.select_related("window").order_by("starts_at")[: SHOWN + 1])
    lines = tuple(f"{localtime(row.starts_at):%m-%d %H:%M} {row.window.label}" for row in found[:SHOWN])
    count = len(found) if len(found) <= SHOWN else rows.count()
    return Card(_("Appointments"), f"{reverse('services:appointments')}?whose=own", count, lines)


def register() -> None:
    """Enter both with the door."""
    register_finding("services", find_services)
    register_card("appointments", 40, appointments_card)
