"""What this room itself offers at a code: its label, to who prints; boarding (乘车), to who may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beichen.fronts.codes.bodies import with_body
from beichen.fronts.codes.holding import held_by
from beichen.fronts.codes.models import Entitlement, Reader
from beichen.fronts.codes.permissions import PRINT, scope_of
from beichen.fronts.codes.wording import called
from beichen.kernel.access.service import decide, person_code
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.registry.models import Kind
from beichen.registry.service import Coded, Offer

BOARD = "board:"
"""What the keys of offers to board begin with."""


def offer_label(found: Coded, by: Actor) -> Iterator[Offer]:
    """The code as a picture, for a label of its own."""
    if found.row is None or found.kind == Kind.PERSON or not decide(by, PRINT, scope_of(found.row)):
        return
    href = reverse("codes:label", args=[found.code, "png"])
    yield Offer("codes.label", _("Get its code as a picture"), href, _("To print one label"), 90)


def offer_boarding(found: Coded, by: Actor) -> Iterator[Offer]:
    """Show the code of an entitlement to whom reads it there: to the person who holds it now.

    Who is not signed in is led to the code by signing in, where every resident has the entitlement.
    """
    person = Person.objects.filter(code=person_code(by)).first() if found.row is not None else None
    if found.row is None or (person is None and not by.is_public):
        return
    for entitlement, reader in _boarded(found):
        if entitlement.is_open if person is None else held_by(person, entitlement, timezone.now()).is_good:
            href = reverse("codes:show", args=[entitlement.key, reader.key])
            label = _("Board: %(entitlement)s") % {"entitlement": called(entitlement)}
            words = _("Show your code to %(reader)s") % {"reader": called(reader)}
            yield Offer(f"{BOARD}{entitlement.key}", label, href, words, 5)


def _boarded(found: Coded) -> Iterator[tuple[Entitlement, Reader]]:
    """The entitlements with which people board there, each with its reader."""
    readers = {row.key: row for row in with_body(Reader.objects.filter(is_current=True))}
    document: dict[str, Any] | None = None
    for entitlement in Entitlement.objects.filter(is_current=True).exclude(board=[]):
        for row in entitlement.board:
            if row["at"] != found.type or row["reader"] not in readers:
                continue
            if row["where"] and document is None and found.row is not None:
                document = orjson.loads(found.row.document)
            if all(_says(document or {}, name, value) for name, value in row["where"].items()):
                yield entitlement, readers[row["reader"]]
                break


def _says(document: Mapping[str, Any], name: str, value: str) -> bool:
    """Whether a field of an object has this value."""
    attribute = document.get(name)
    return isinstance(attribute, Mapping) and attribute.get("value") == value
