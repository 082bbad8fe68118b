"""`/services/pay/CODE`: the fee of an affair; `/services/payments`: their list, each one, refunds."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services.declaration import Words
from beichen.fronts.services.items.listing import linked_affair
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.payment import paying, refunding
from beichen.fronts.services.items.payment.listing import payments_table
from beichen.fronts.services.items.payment.refunding import ending_of
from beichen.fronts.services.items.payment.wording import stands_in_words
from beichen.fronts.services.items.wording import yuan
from beichen.fronts.services.items.words import HELD_PAYMENTS, PaymentState
from beichen.fronts.services.permissions import RECONCILE
from beichen.kernel.access.service import acting, check_rate, require
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.web.tables import State, answer
from beichen.web.wording import in_words, worded

RATE = "20/minute"
GO = "go"
"""With it the fee's page leads on to the gateway by itself."""
MOST = 500


@require_safe
def fee(request: HttpRequest, code: str) -> HttpResponse:
    """What an affair costs, by what right, and how its payment stands."""
    application = paying.find_payable(code, by=acting(request))
    payment = paying.payment_of(application.affair)
    gateway = payment.url if payment is not None and payment.state == PaymentState.DUE else ""
    context = {
        "application": application,
        "affair": application.affair,
        "amount": yuan(application.fee),
        "rows": [Words(**one).label for one in application.fee_of],
        "payment": payment,
        "state": PaymentState(payment.state).label if payment else "",
        "is_due": application.fee > 0
        and (payment is None or payment.state in ("due", "expired", "refunded"))
        and not ending_of(application.affair, application.item),
        "paid": stands_in_words(payment),
        "gateway": gateway,
        "is_open": bool(settings().payment_url),
    }
    response = render(request, "services/fee.html", context)
    if GO in request.GET and gateway:
        response["Refresh"] = f"0; url={iri_to_uri(gateway)}"
    return response


@require_POST
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Open the order and lead to the gateway; clicked twice, it is one order.

    The way goes over the fee's page: browsers hold where a form leads to the house's own ``form-action``.
    """
    by = acting(request)
    check_rate("services.pay", by.key, RATE)
    try:
        payment = paying.order(code, by=by)
    except ProblemError as error:
        if error.status in (403, 404):
            raise
        for problem in error.problems:
            messages.error(request, in_words(problem))
        return HttpResponseRedirect(reverse("services:fee", args=[code.upper()[:20]]))
    return HttpResponseRedirect(f"{reverse('services:fee', args=[payment.affair.code])}?{GO}=1")


@require_safe
def payments(request: HttpRequest) -> HttpResponseBase:
    """All payments within the reader's right, for reconciling and refunds."""
    by = acting(request)
    require(by, RECONCILE)
    return answer(
        request,
        payments_table(by),
        "services/payments.html",
        {"is_open": bool(settings().payment_url), "asked": refunding.to_decide(by).count()},
    )


@require_POST
def reconcile(request: HttpRequest) -> HttpResponse:
    """Hold the newest payments of the list against the gateway."""
    by = acting(request)
    require(by, RECONCILE)
    check_rate("services.reconcile", by.key, "6/minute")
    table = payments_table(by)
    rows = list(table.select(State(request.path))[:MOST])
    try:
        found = paying.reconcile(rows, by=by)
    except ProblemError as error:
        for problem in error.problems:
            messages.error(request, in_words(problem))
    else:
        words = gettext("%(agreed)d agree, %(differing)d differ.")
        messages.info(request, words % {"agreed": found["agreed"], "differing": len(found["differing"])})
        for one in found["differing"][:20]:
            messages.warning(request, f"{one['payment']}: {one['here']} / {one['there'] or '–'}")
    return HttpResponseRedirect(reverse("services:payments"))


@require_safe
def payment(request: HttpRequest, code: str) -> HttpResponse:
    """A payment, what became of it, and the word on a refund."""
    row = refunding.find_payment(code, by=acting(request))
    is_held = row.state in HELD_PAYMENTS or (row.state == PaymentState.EXPIRED and row.paid_at is not None)
    context = {
        "row": row,
        "amount": yuan(row.amount),
        "state": PaymentState(row.state).label,
        "reason": worded(row.reason),
        "is_open": bool(settings().payment_url),
        "is_asked": row.state == PaymentState.ASKED,
        "may_refund": is_held,
        "affair_link": linked_affair(row.affair.code),
    }
    return render(request, "services/payment.html", context)


@require_POST
def refund(request: HttpRequest, code: str) -> HttpResponse:
    """Give a payment back, saying why."""
    return _decided(request, code, refunding.refund, gettext_lazy("%(code)s is given back."))


@require_POST
def keep(request: HttpRequest, code: str) -> HttpResponse:
    """Decide that a fee is not given back, saying why."""
    return _decided(request, code, refunding.keep, gettext_lazy("%(code)s is not given back."))


def _decided(request: HttpRequest, code: str, decide: Callable[..., Payment], done: Promise) -> HttpResponse:
    by = acting(request)
    row = refunding.find_payment(code, by=by)
    reason = request.POST.get("reason", "").strip()
    try:
        if not reason:
            messages.error(request, gettext("Say why: who paid reads it."))
        else:
            row = decide(code, reason, by=by)
            messages.success(request, str(done) % {"code": row.code})
    except ProblemError as error:
        if error.status in (403, 404):
            raise
        for problem in error.problems:
            messages.error(request, in_words(problem))
    return HttpResponseRedirect(reverse("services:payment", args=[row.code]))
