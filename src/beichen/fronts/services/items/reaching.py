"""Items within reach of the door: its one search, its shelves, a card of `/my`, names for representations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.catalogue import entries, search
from beichen.fronts.services.items.life_events import FIRM, PERSON, SIGNS
from beichen.fronts.services.items.listing import address_of
from beichen.fronts.services.items.models import Appointment
from beichen.fronts.services.items.words import BookingState
from beichen.fronts.services.queries import notices
from beichen.kernel.access.service import Subject, register_affairs
from beichen.web.cards import Card, register_card
from beichen.web.findings import MOST_EACH, Found, register_finding
from beichen.web.shelves import Item, Shelf, register_shelf

SHOWN = 3
NOTICES = 5
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


def person_shelf(_request: HttpRequest) -> Shelf:
    """The events in the life of a person for which something is offered."""
    return _life(_("In the life of a person"), PERSON)


def firm_shelf(_request: HttpRequest) -> Shelf:
    """The same of a firm."""
    return _life(_("In the life of a firm"), FIRM)


def _life(title: Promise | str, events: Mapping[str, Promise]) -> Shelf:
    """A tile for each event, with how many services there are."""
    offered = Counter(event for one in entries() for event in one.events)
    catalogue = reverse("services:catalogue")
    items = tuple(
        Item(
            str(words),
            f"{catalogue}?event={event}",
            ngettext("%(count)d service", "%(count)d services", offered[event]) % {"count": offered[event]},
            SIGNS[event],
        )
        for event, words in events.items()
        if offered[event]
    )
    return Shelf(title, catalogue, items, is_tiled=True)


def notice_shelf(_request: HttpRequest) -> Shelf:
    """What is on public notice, the newest first: the process, the step, until when."""
    page = reverse("services:notices")
    items: list[Item] = []
    for timer in notices()[:NOTICES]:
        process = read_process(timer.affair.definition.declared)
        until = f"{localtime(timer.due_at):%Y-%m-%d}" if timer.due_at else ""
        words = [process.steps[timer.step].name.label, until, gettext("Demo") if timer.affair.is_demo else ""]
        items.append(Item(process.name.label, page, " · ".join(word for word in words if word)))
    return Shelf(_("Public notices"), page, tuple(items))


def register() -> None:
    """Enter all with the door, and the items with representations, which may be limited to some."""
    register_shelf("life-events", 10, person_shelf)
    register_shelf("firm-events", 11, firm_shelf)
    register_shelf("notices", 40, notice_shelf)
    register_affairs(lambda: [(one.key, one.name) for one in entries() if one.kind != "bundle"])
    register_finding("services", find_services)
    register_card("appointments", 40, appointments_card)
