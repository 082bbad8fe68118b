"""What becomes of a payment: ordered, paid once, told to the process, expired, reconciled.

An affair has one payment that counts; the database keeps it one. A notice that comes twice changes nothing,
one that is not the gateway's is refused, and one that never comes is asked for. The process waits for the
message that its item names and learns of the payment when it waits. What goes back: :mod:`.refunding`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from beichen.fronts.services.affair import acting
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Application, Payment
from beichen.fronts.services.items.payment.gateway import Order, Paid, PaymentGateway, Standing, gateway
from beichen.fronts.services.items.payment.happening import PAYMENTS, happened
from beichen.fronts.services.items.payment.refunding import ending_of, gave_back, going_back, weigh
from beichen.fronts.services.items.problems import NO_PAYMENT, NOT_THAT, NOTHING_DUE, none
from beichen.fronts.services.items.words import ACTIVE_PAYMENTS, HELD_PAYMENTS, PaymentState
from beichen.fronts.services.models import Affair
from beichen.fronts.services.permissions import RECONCILE, START
from beichen.fronts.services.problems import NOT_NOW
from beichen.fronts.services.words import CLOSED
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import ALPHABET, Body
from beichen.problem import Problem, ProblemError, said, shorten
from beichen.settings import settings

VALID = timedelta(hours=2)
ASKED_AFTER = timedelta(minutes=3)
BATCH = 50
_log = logging.getLogger(__name__)


def order(affair_code: str, *, by: Actor, now: datetime | None = None) -> Payment:
    """The payment of an affair, opened at the gateway when it is not yet; clicked twice, it is one.

    Raises ProblemError ACC-302, SRV-301, SRV-411, SRV-412, SRV-416.
    """
    moment, application = now or timezone.now(), find_payable(affair_code, by=by)
    chosen = gateway()
    known = _active(application.affair)
    if known is not None and known.state == PaymentState.DUE and known.expires_at <= moment:
        _look(known, chosen, moment)
        known = _active(application.affair)
    is_over = ending_of(application.affair, application.item) != ""
    if is_over or (known is None and (application.affair.status in CLOSED or not application.fee)):
        raise ProblemError(Problem(NOTHING_DUE, said("there is nothing to pay here")))
    payment = known or _new(application, moment, by=by)
    if payment.state == PaymentState.DUE and not payment.url:
        back = f"{settings().public}/services/pay/{payment.affair.code}"
        opened = chosen.create(
            Order(payment.code, payment.amount, application.item.name, payment.expires_at, back)
        )
        payment.url, payment.reference = opened.url, opened.reference
        Payment.objects.filter(pk=payment.pk).update(url=opened.url, reference=opened.reference)
    return payment


def find_payable(affair_code: str, *, by: Actor) -> Application:
    """What an affair was applied for with, for its subject and for who takes applications in.

    Raises ProblemError ACC-301, ACC-302, SRV-413.
    """
    rows = Application.objects.select_related("item", "affair__region", "affair__definition")
    row = rows.filter(affair__code=affair_code.strip().upper()[:20]).first()
    if row is None:
        raise none(NO_PAYMENT, said("there is no affair {code!r}", code=affair_code[:30]), affair_code)
    if not (by.is_system or access.decide(by, START, row.affair)):
        access.subject_for(by, row.affair.subject, row.item.key)
    return row


def payment_of(affair: Affair) -> Payment | None:
    """The newest payment of an affair."""
    return Payment.objects.filter(affair=affair).order_by("-id").first()


def _active(affair: Affair) -> Payment | None:
    rows = Payment.objects.select_related("affair")
    return rows.filter(affair=affair, state__in=ACTIVE_PAYMENTS).first()


def _new(application: Application, now: datetime, *, by: Actor) -> Payment:
    affair = application.affair
    row = Payment(
        code=f"{affair.code}-{''.join(secrets.choice(ALPHABET) for _ in range(6))}",
        affair=affair,
        item=application.item,
        region=affair.region,
        body=Body.objects.filter(key=application.item.body).first(),
        level=affair.level,
        amount=application.fee,
        opened_at=now,
        expires_at=now + VALID,
        terms=msgspec.to_builtins(fee.refund) if (fee := read_item(application.item).fee) else {},
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            happened(row, "ordered", by=by)
    except IntegrityError:  # clicked twice at once: the other one stands
        found = _active(affair)
        if found is None:
            raise
        return found
    return row


def take_notice(headers: Mapping[str, str], body: bytes, now: datetime | None = None) -> Payment:
    """A notice of the gateway, however often it comes. Raises SRV-411, SRV-413, SRV-414, SRV-415."""
    moment = now or timezone.now()
    found = gateway().read_notice(headers, body, moment)
    payment = settle(found, moment)
    tell_process(payment.pk)
    return Payment.objects.get(pk=payment.pk)


@transaction.atomic
def settle(found: Standing, now: datetime) -> Payment:
    """Let a payment stand as the gateway says. Raises ProblemError SRV-413, SRV-415."""
    rows = Payment.objects.select_for_update(of=("self",)).select_related("affair", "region", "item")
    row = rows.filter(code=found.code).first()
    if row is None:
        raise none(NO_PAYMENT, said("there is no payment {code!r}", code=found.code), found.code)
    if found.amount != row.amount:
        message = said("{found} fen of {amount}", found=found.amount, amount=row.amount)
        _log.warning("the gateway says %s fen of payment %s", found.amount, row.code)
        raise ProblemError(Problem(NOT_THAT, shorten(message)))
    is_unpaid = row.state in (PaymentState.DUE, PaymentState.EXPIRED) and row.paid_at is None
    if found.state == Paid.PAID and is_unpaid:
        _receive(row, found, now)
    elif found.state == Paid.REFUNDED and (row.state in HELD_PAYMENTS or _is_double(row)):
        gave_back(row, now)
    elif found.state == Paid.CLOSED and row.state == PaymentState.DUE:
        row.state = PaymentState.EXPIRED
        row.save(update_fields=["state"])
        happened(row, "expired", by=PAYMENTS)
    return row


def _receive(row: Payment, found: Standing, now: datetime) -> None:
    other = row.state == PaymentState.EXPIRED and _active(row.affair) is not None
    row.paid_at, row.reference = found.paid_at or now, found.reference or row.reference
    row.state = PaymentState.PAID
    if other:  # paid after it had expired, while another one counts: it goes back
        row.state, row.told_at = PaymentState.EXPIRED, now
        row.reason = gettext_noop("paid twice: to be refunded")
        _log.warning("payment %s came after another one: to be refunded", row.code)
    row.save(update_fields=["state", "paid_at", "reference", "reason", "told_at"])
    happened(row, "paid", by=PAYMENTS)
    weigh(row)  # its affair may have ended while somebody paid


def _is_double(row: Payment) -> bool:
    return row.state == PaymentState.EXPIRED and row.paid_at is not None and row.refunded_at is None


def tell_process(key: int) -> bool:
    """Tell the process of a payment, when it waits for it; whether it needs not be told again."""
    with transaction.atomic():
        row = Payment.objects.select_for_update(of=("self",)).select_related("item", "affair").get(pk=key)
        if row.state != PaymentState.PAID or row.told_at is not None:
            return True
        fee = read_item(row.item).fee
        message = fee.message if fee else ""
        if message and row.affair.status not in CLOSED:
            declared = read_process(
                Affair.objects.select_related("definition").get(pk=row.affair_id).definition.declared
            )
            told = {"payment": row.code, "paid_yuan": row.amount / 100}
            data = {name: told[name] for name in declared.messages.get(message, ()) if name in told}
            try:
                with transaction.atomic():
                    acting.message(row.affair.code, message, data, by=PAYMENTS)
            except ProblemError as error:
                if any(problem.code != NOT_NOW for problem in error.problems):
                    _log.warning("payment %s cannot be told to its process: %s", row.code, error)
                return False  # it does not wait for it yet, or cannot go on: told again later
        row.told_at = timezone.now()
        row.save(update_fields=["told_at"])
    return True


def follow_payments(now: datetime | None = None) -> int:
    """Ask for payments of which no notice came, and tell processes that did not wait yet.

    What was to be given back when a process died is given back: the gateway does so once. Returns how many
    payments were asked for.
    """
    moment = now or timezone.now()
    untold = Payment.objects.filter(state=PaymentState.PAID, told_at=None, paid_at__isnull=False)
    for key in list(untold.order_by("paid_at").values_list("pk", flat=True)[:BATCH]):
        tell_process(key)
    if not settings().payment_url:
        return 0
    chosen = gateway()
    waiting = Payment.objects.filter(state=PaymentState.DUE, opened_at__lte=moment - ASKED_AFTER)
    rows = list(waiting.order_by("expires_at")[:BATCH])
    for row in rows:
        try:
            _look(row, chosen, moment)
        except ProblemError as error:
            _log.warning("payment %s: %s", row.code, error)
    for row in going_back()[:BATCH]:
        try:
            _go_on_refunding(row, chosen, moment)
        except ProblemError as error:
            _log.warning("payment %s cannot be given back: %s", row.code, error)
    return len(rows)


def _go_on_refunding(row: Payment, chosen: PaymentGateway, now: datetime) -> None:
    """What was decided is asked for, unless it was heard. Raises SRV-412."""
    found = chosen.query(row.code)
    if found is not None and found.state == Paid.PAID:
        found = chosen.refund(row.code, row.amount, row.reason)
    if found is not None:
        settle(found, now)


def _look(row: Payment, chosen: PaymentGateway, now: datetime) -> None:
    """Ask how it stands; one that is unpaid when its time is over has expired. Raises SRV-412."""
    found = chosen.query(row.code)
    if found is not None and found.state != Paid.WAITING:
        settle(found, now)
        tell_process(row.pk)
    elif row.expires_at <= now:
        with transaction.atomic():
            changed = Payment.objects.filter(pk=row.pk, state=PaymentState.DUE)
            if changed.update(state=PaymentState.EXPIRED):
                row.refresh_from_db()
                happened(row, "expired", by=PAYMENTS)


def payments(by: Actor) -> QuerySet[Payment]:
    """The payments within the actor's right to reconcile, the newest first."""
    rows = access.visible(by, RECONCILE, Payment.objects.all())
    return rows.select_related("affair", "item", "region", "body").order_by("-opened_at", "-id")


def reconcile(rows: Iterable[Payment], *, by: Actor, now: datetime | None = None) -> dict[str, Any]:
    """Hold payments against the gateway (对账): how many agree, and which do not and how.

    Raises ProblemError SRV-411, SRV-412.
    """
    chosen, moment, differing, agreed = gateway(), now or timezone.now(), [], []
    for row in rows:
        found = chosen.query(row.code)
        here = row.state in HELD_PAYMENTS
        there = found is not None and found.state in (Paid.PAID, Paid.REFUNDING)
        if here != there or (found is not None and found.amount != row.amount):
            differing.append({"payment": row.code, "here": row.state, "there": found.state if found else ""})
        else:
            agreed.append(row.pk)
    with transaction.atomic():
        Payment.objects.filter(pk__in=agreed).update(reconciled_at=moment)
        detail = {"agreed": len(agreed), "differing": differing[:50]}
        audit.record(by, "services.payment.reconcile", "fronts_services.payment", detail=detail)
    return {"agreed": len(agreed), "differing": differing}
