"""What the console offers at a scanned code: to take a report of a round there."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from beichen.hubs.events.service import TAKE
from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.registry.service import Coded, Offer


def offer_taking(found: Coded, by: Actor) -> Iterator[Offer]:
    """For whoever takes reports."""
    if decide(by, TAKE):
        href = f"{reverse('governance:take')}?{urlencode({'at': found.code})}"
        yield Offer(
            "inspect",
            _("Inspect it: take a report of the round"),
            href,
            _("Place, district and kind are filled in"),
            5,
        )
