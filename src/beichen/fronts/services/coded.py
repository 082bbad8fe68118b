"""Affairs behind codes: a receipt's code leads whoever takes part in the affair to where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.services import service
from beichen.fronts.services.applicant.own import own_affair
from beichen.fronts.services.items.bundling import find_run
from beichen.fronts.services.items.payment.dues import is_due
from beichen.fronts.services.items.payment.paying import find_payable
from beichen.fronts.services.items.wording import yuan
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.registry.service import Coded, Offer

LONGEST = 20


def find_coded_affair(code: str, by: Actor) -> Coded | None:
    """The affair of this code, for who takes part in it and for whom it is."""
    if len(code) > LONGEST:
        return None
    row = _handled(code, by) or _own(code, by)
    if row is None:
        return None
    process = row.definition
    return Coded(row.code, "affair", process.key, process.label, row.get_status_display())


def _handled(code: str, by: Actor) -> Affair | None:
    try:
        return service.find_affair(code, by=by)
    except ProblemError:
        return None


def _own(code: str, by: Actor) -> Affair | None:
    try:
        return own_affair(code, by=by)
    except ProblemError:
        return None


def offer_affair(found: Coded, by: Actor) -> Iterator[Offer]:
    """Its page, with the steps that wait; its fee, while it is open, to who may pay it."""
    row = _handled(found.code, by)
    route = "services:affair" if row is not None else "services:own-affair"
    href = reverse(route, args=[found.code])
    yield Offer("affair", _("Where the affair stands"), href, _("Steps, material and what comes next"), 10)
    fee = _open_fee(row or _own(found.code, by), by)
    if fee:
        words = _("At the city's payment platform; who is the payer is seen there")
        label = _("Pay the fee: %(amount)s") % {"amount": yuan(fee)}
        yield Offer("pay", label, reverse("services:fee", args=[found.code]), words, 8)


def _open_fee(row: Affair | None, by: Actor) -> int:
    """What is to be paid now, in fen; nothing for who may not pay it."""
    if row is None or not is_due(row):
        return 0
    try:
        return find_payable(row.code, by=by).fee
    except ProblemError:
        return 0


def find_coded_run(code: str, by: Actor) -> Coded | None:
    """The bundle of this code, for who takes part in it and for whom it is."""
    if len(code) > LONGEST:
        return None
    try:
        run = find_run(code, by=by)
    except ProblemError:
        return None
    return Coded(run.code, "bundle", run.bundle.key, run.bundle.label, _("One thing once"))


def offer_run(found: Coded, _by: Actor) -> Iterator[Offer]:
    """Its page, with every part."""
    href = reverse("services:bundle-run", args=[found.code])
    yield Offer("bundle", _("Where each part stands"), href, _("One progress, one answer"), 10)
