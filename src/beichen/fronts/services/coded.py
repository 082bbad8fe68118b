"""Affairs behind codes: a receipt's code leads whoever takes part in the affair to where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.services import service
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.registry.service import Coded, Offer

LONGEST = 20


def find_coded_affair(code: str, by: Actor) -> Coded | None:
    """The affair of this code, for whoever may see it."""
    if len(code) > LONGEST:
        return None
    try:
        row = service.find_affair(code, by=by)
    except ProblemError:
        return None
    process = row.definition
    return Coded(row.code, "affair", process.key, process.label, row.get_status_display())


def offer_affair(found: Coded, by: Actor) -> Iterator[Offer]:
    """Its page, with the steps that wait."""
    href = reverse("services:affair", args=[found.code])
    yield Offer("affair", _("Where the affair stands"), href, _("Steps, material and what comes next"), 10)
