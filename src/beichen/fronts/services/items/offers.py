"""What services offer at a scanned code: to apply for what is done there, to check in, to pay."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.services.items import coming
from beichen.fronts.services.items.catalogue import entries
from beichen.fronts.services.items.models import ServiceWindow
from beichen.fronts.services.items.words import BookingState
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.registry.models import Kind
from beichen.registry.service import Coded, Offer

WINDOW = "window"
MOST = 6
"""So many items are offered at one thing; the catalogue has the rest."""


def find_coded_window(code: str, _by: Actor) -> Coded | None:
    """The window of this code; windows are for everybody."""
    row = coming.window_of_code(code)
    return Coded(coming.code_of(row), WINDOW, row.key, row.label, _("Service window")) if row else None


def offer_at_window(found: Coded, by: Actor) -> Iterator[Offer]:
    """At a window's own code."""
    row = coming.window_of_code(found.code)
    if row is not None:
        yield from _window(row, by)


def offer_at_place(found: Coded, by: Actor) -> Iterator[Offer]:
    """At a place of the registry in which there are windows."""
    for row in coming.windows_at(found.code):
        yield from _window(row, by)


def _window(row: ServiceWindow, by: Actor) -> Iterator[Offer]:
    if _may_check_in(row, by):
        query = urlencode({"at": coming.token_of(row)})
        href = f"{reverse('services:check-in', args=[row.key])}?{query}"
        words = _("You get a number; your appointment is of today")
        yield Offer(f"check-in:{row.key}", _("Check in: %(window)s") % {"window": row.label}, href, words, 4)
    if any(row.key in one.windows for one in entries()):
        href = f"{reverse('services:catalogue')}?{urlencode({'window': row.key})}"
        words = _("What is done at this window, and what can be done online at once")
        yield Offer(f"apply:{row.key}", _("Apply: %(window)s") % {"window": row.label}, href, words, 20)


def _may_check_in(row: ServiceWindow, by: Actor) -> bool:
    """Who is not signed in may: the page asks them to sign in."""
    if not access.subjects_of(by):
        return by.is_public
    return any(one.state == BookingState.BOOKED for one in coming.appointments_today(row, by=by))


def offer_items(found: Coded, _by: Actor) -> Iterator[Offer]:
    """At a thing or a place: the items that are applied for there, with the place filled in."""
    if found.row is None or found.kind == Kind.PERSON:
        return
    for one in [entry for entry in entries() if found.type in entry.at][:MOST]:
        href = f"{reverse('services:fill', args=[one.key])}?{urlencode({'at': found.code})}"
        label = _("Apply: %(service)s") % {"service": one.name}
        yield Offer(f"apply:{one.key}", label, href, _("The place is filled in"), 22)
