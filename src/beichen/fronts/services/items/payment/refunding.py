"""Giving a fee back (退费): by the terms of its item when nothing was granted for it, or by an officer.

What is decided is kept first (state ``refunding``) and asked of the gateway afterwards, which refunds an
order once however often it is asked: a house that dies between the two asks again (``follow_payments``). An
ending is weighed once. A payment of before terms were kept waits for an officer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from beichen.fronts.services.items.bundling import is_good
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Payment, ServiceItem
from beichen.fronts.services.items.payment.gateway import Paid, gateway
from beichen.fronts.services.items.payment.happening import PAYMENTS, happened
from beichen.fronts.services.items.problems import NO_PAYMENT, NOTHING_DUE, none
from beichen.fronts.services.items.words import PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.permissions import RECONCILE
from beichen.fronts.services.words import CLOSED, Status
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, said

REASONS: Mapping[str, str] = {
    "withdrawn": gettext_noop("the application was withdrawn"),
    "refused": gettext_noop("the application was not granted"),
    "annulled": gettext_noop("the decision was taken back"),
}
LATE = gettext_noop("paid after the affair had ended")
STATES: Mapping[str, tuple[PaymentState, str]] = {
    "at-once": (PaymentState.REFUNDING, "refunding"),
    "officer": (PaymentState.ASKED, "asked"),
    "never": (PaymentState.PAID, "kept"),
}
DOUBLE = Q(state=PaymentState.EXPIRED, paid_at__isnull=False)
"""Paid after it had expired, while another one counts: it always goes back."""


def ending_of(affair: Affair, item: ServiceItem) -> str:
    """How it ended without what was applied for: withdrawn, refused, annulled; else empty."""
    if affair.status == Status.WITHDRAWN:
        return "withdrawn"
    if affair.annulled_at is not None:
        return "annulled"
    return "refused" if affair.status in CLOSED and not is_good(affair, read_item(item)) else ""


@transaction.atomic
def weigh_affair(affair_code: str) -> int:
    """An affair has ended: what was paid stays, goes back, or waits for an officer; how many were weighed."""
    rows = Payment.objects.select_for_update(of=("self",)).filter(affair__code=affair_code)
    return sum(weigh(row) for row in rows.select_related("affair", "item", "region").order_by("pk"))


def weigh(row: Payment) -> bool:
    """The same of one locked payment; whether anything was said. The caller's transaction."""
    affair = Affair.objects.get(pk=row.affair_id)  # as it is now: what was read before the lock may be older
    ending = ending_of(affair, row.item)
    if not ending or row.ended == ending or row.state != PaymentState.PAID:
        return False
    since = affair.annulled_at if ending == "annulled" else affair.closed_at
    is_late = since is not None and row.paid_at is not None and row.paid_at > since
    rule = "at-once" if is_late else str(row.terms.get(ending, "officer"))
    row.ended, row.reason = ending, LATE if is_late else REASONS[ending]
    row.state, name = STATES[rule]
    row.save(update_fields=["state", "reason", "ended"])
    happened(row, name, by=PAYMENTS)
    return True


def refund(code: str, reason: str, *, by: Actor, now: datetime | None = None) -> Payment:
    """Give a payment back, once. Raises ProblemError ACC-403, SRV-411 to 413, SRV-416."""
    find_payment(code, by=by)
    moment, chosen = now or timezone.now(), gateway()
    with transaction.atomic():
        row = find_payment(code, by=by, is_locked=True)
        is_double = row.state == PaymentState.EXPIRED and row.paid_at is not None
        is_held = row.state in (PaymentState.PAID, PaymentState.ASKED, PaymentState.REFUNDING)
        if not is_held and not is_double:
            raise ProblemError(Problem(NOTHING_DUE, said("there is nothing to give back here")))
        if not is_double:
            row.state = PaymentState.REFUNDING
        row.reason = reason.strip()[:300]
        row.save(update_fields=["state", "reason"])
        resource = f"fronts_services.payment:{row.code}"
        audit.record(
            by, "services.payment.refund", resource, detail={"reason": row.reason}, subject=row.affair.subject
        )
    found = chosen.refund(row.code, row.amount, row.reason)
    if found.state == Paid.REFUNDED:
        with transaction.atomic():
            row = find_payment(code, by=by, is_locked=True)
            if row.state != PaymentState.REFUNDED:
                gave_back(row, moment)
    return row


@transaction.atomic
def keep(code: str, reason: str, *, by: Actor) -> Payment:
    """Decide that a fee is not given back, saying why. Raises ProblemError ACC-403, SRV-413, SRV-416."""
    row = find_payment(code, by=by, is_locked=True)
    if row.state != PaymentState.ASKED:
        raise ProblemError(Problem(NOTHING_DUE, said("there is no refund to decide here")))
    row.state, row.reason = PaymentState.PAID, reason.strip()[:300]
    row.save(update_fields=["state", "reason"])
    happened(row, "kept", by=by)
    return row


def gave_back(row: Payment, now: datetime) -> None:
    """A locked payment is with its payer again. The caller's transaction."""
    row.state, row.refunded_at = PaymentState.REFUNDED, now
    row.save(update_fields=["state", "refunded_at"])
    happened(row, "refunded", by=PAYMENTS)


def find_payment(code: str, *, by: Actor, is_locked: bool = False) -> Payment:
    """A payment within the actor's right to reconcile. Raises ProblemError ACC-403, SRV-413."""
    rows = Payment.objects.select_related("affair", "item", "region", "body")
    rows = rows.select_for_update(of=("self",)) if is_locked else rows
    row = rows.filter(code=code.strip().upper()[:32]).first()
    if row is None or not (by.is_system or access.decide(by, RECONCILE, row)):
        access.require(by, RECONCILE)
        raise none(NO_PAYMENT, said("there is no payment {code!r}", code=code[:30]), code)
    return row


def going_back() -> QuerySet[Payment]:
    """What is to be asked of the gateway, the oldest first."""
    return Payment.objects.filter(Q(state=PaymentState.REFUNDING) | DOUBLE).order_by("id")


def to_decide(by: Actor) -> QuerySet[Payment]:
    """The refunds that wait for a word of the actor, the oldest first."""
    return access.visible(by, RECONCILE, Payment.objects.filter(state=PaymentState.ASKED)).order_by("id")
