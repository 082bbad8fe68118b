"""What the citizen's door offers at a scanned code: a report with the place filled in."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from beichen.hubs.events.service import SEND
from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.registry.service import Coded, Offer


def offer_report(found: Coded, by: Actor) -> Iterator[Offer]:
    """For everybody who may send reports."""
    if decide(by, SEND):
        href = f"{reverse('citizen:report')}?{urlencode({'at': found.code})}"
        yield Offer(
            "report", _("Report a problem here"), href, _("The place is filled in; no account is needed"), 10
        )
