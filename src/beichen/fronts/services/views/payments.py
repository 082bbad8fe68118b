"""`/services/pay/CODE`: the fee of an affair; `/services/payments`: the list for reconciling, refunds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services.declaration import Words
from beichen.fronts.services.items.payment import paying
from beichen.fronts.services.items.payment.listing import payments_table
from beichen.fronts.services.items.wording import yuan
from beichen.fronts.services.items.words import PaymentState
from beichen.fronts.services.permissions import RECONCILE
from beichen.kernel.access.service import acting, check_rate, require
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.web.tables import State, answer
from beichen.web.wording import in_words

RATE = "20/minute"
MOST = 500


@require_safe
def fee(request: HttpRequest, code: str) -> HttpResponse:
    """What an affair costs, by what right, and how its payment stands."""
    application = paying.find_payable(code, by=acting(request))
    payment = paying.payment_of(application.affair)
    context = {
        "application": application,
        "affair": application.affair,
        "amount": yuan(application.fee),
        "rows": [Words(**one).label for one in application.fee_of],
        "payment": payment,
        "state": PaymentState(payment.state).label if payment else "",
        "is_due": application.fee > 0
        and (payment is None or payment.state in ("due", "expired", "refunded")),
        "is_open": bool(settings().payment_url),
    }
    return render(request, "services/fee.html", context)


@require_POST
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Open the order and lead to the gateway; clicked twice, it is one order."""
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
    if payment.state == PaymentState.DUE and payment.url:
        return HttpResponseRedirect(payment.url)
    return HttpResponseRedirect(reverse("services:fee", args=[payment.affair.code]))


@require_safe
def payments(request: HttpRequest) -> HttpResponseBase:
    """All payments within the reader's right, for reconciling and refunds."""
    by = acting(request)
    require(by, RECONCILE)
    return answer(
        request, payments_table(by), "services/payments.html", {"is_open": bool(settings().payment_url)}
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


@require_POST
def refund(request: HttpRequest, code: str) -> HttpResponse:
    """Give a payment back, saying why."""
    by = acting(request)
    require(by, RECONCILE)
    reason = request.POST.get("reason", "").strip()
    try:
        if not reason:
            messages.error(request, gettext("Say why the payment is given back."))
        else:
            row = paying.refund(code, reason, by=by)
            messages.success(request, gettext("%(code)s is given back.") % {"code": row.code})
    except ProblemError as error:
        if error.status in (403, 404):
            raise
        for problem in error.problems:
            messages.error(request, in_words(problem))
    return HttpResponseRedirect(reverse("services:payments"))
