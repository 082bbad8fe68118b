"""What the overview offers at a scanned code: the page of the object, with its values, cases and history."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from beichen.fronts.overview.object import address_of
from beichen.fronts.overview.service import READ
from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.registry.models import Kind
from beichen.registry.service import Coded, Offer


def offer_object(found: Coded, by: Actor) -> Iterator[Offer]:
    """For whoever may see the overview; a person has no such page."""
    if found.row is not None and found.kind != Kind.PERSON and decide(by, READ):
        words = _("Values, cases and history, as far as you may see them")
        yield Offer("object", _("What is known of it"), address_of(found.code), words, 40)
