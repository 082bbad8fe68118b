"""Fees in words for people: when one goes back, how a payment stands, what withdrawing would mean for it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.items.declaration import Fee
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.wording import yuan
from beichen.fronts.services.items.words import PaymentState
from beichen.web.wording import worded

ENDINGS: Mapping[str, Promise] = {
    "withdrawn": _("the applicant withdraws"),
    "refused": _("the application is not granted"),
    "annulled": _("the decision is taken back later"),
}
RULES: Mapping[str, Promise] = {
    "at-once": _("Given back when %(endings)s."),
    "officer": _("An officer decides whether it goes back when %(endings)s."),
    "never": _("Not given back when %(endings)s."),
}
WITHDRAWING: Mapping[str, Promise] = {
    "at-once": _("The fee of %(amount)s that was paid goes back the way it was paid."),
    "officer": _("An officer decides whether the fee of %(amount)s that was paid goes back."),
    "never": _("The fee of %(amount)s that was paid is not given back."),
}


def refund_lines(fee: Fee | None) -> list[str]:
    """When a paid fee goes back, a sentence a rule; nothing for what costs nothing."""
    if fee is None or not any(row.yuan for row in fee.amounts):
        return []
    lines = []
    for rule, words in RULES.items():
        endings = [str(told) for name, told in ENDINGS.items() if getattr(fee.refund, name) == rule]
        if endings:
            lines.append(str(words) % {"endings": gettext(" or ").join(endings)})
    return lines


def stands_in_words(payment: Payment | None) -> str:
    """What became of what somebody paid, in a sentence; empty where nobody paid."""
    if payment is None or payment.paid_at is None:
        return ""
    told = {"amount": yuan(payment.amount), "reason": worded(payment.reason)}
    if payment.state == PaymentState.ASKED:
        return gettext("%(amount)s was paid. An officer decides whether it goes back: %(reason)s.") % told
    if payment.state == PaymentState.REFUNDING:
        return gettext("%(amount)s was paid and goes back the way it was paid: %(reason)s.") % told
    if payment.state == PaymentState.REFUNDED and payment.refunded_at is not None:
        told["day"] = f"{localtime(payment.refunded_at):%Y-%m-%d}"
        return gettext("%(amount)s was given back the way it was paid on %(day)s: %(reason)s.") % told
    if payment.state == PaymentState.PAID and payment.ended:
        return gettext("%(amount)s was paid and is not given back: %(reason)s.") % told
    return gettext("%(amount)s was paid.") % told


def withdrawing_in_words(payment: Payment | None) -> str:
    """What taking the application back would mean for what was paid; empty where nothing was."""
    if payment is None or payment.state != PaymentState.PAID:
        return ""
    rule = str(payment.terms.get("withdrawn", "officer"))
    return str(WITHDRAWING[rule]) % {"amount": yuan(payment.amount)}
