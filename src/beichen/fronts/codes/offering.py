"""What this room itself offers at a code: its label, to who prints."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.codes.permissions import PRINT, scope_of
from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.registry.models import Kind
from beichen.registry.service import Coded, Offer


def offer_label(found: Coded, by: Actor) -> Iterator[Offer]:
    """The code as a picture, for a label of its own."""
    if found.row is None or found.kind == Kind.PERSON or not decide(by, PRINT, scope_of(found.row)):
        return
    href = reverse("codes:label", args=[found.code, "png"])
    yield Offer("codes.label", _("Get its code as a picture"), href, _("To print one label"), 90)
