"""The list of payments (对账), declared."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.items.listing import linked_affair, moment_words
from beichen.fronts.services.items.models import Payment
from beichen.fronts.services.items.payment import paying
from beichen.fronts.services.items.wording import yuan
from beichen.fronts.services.items.words import PaymentState
from beichen.fronts.services.listing import RuledTable
from beichen.kernel.actor import Actor
from beichen.web.tables import Column, Filter
from beichen.web.wording import worded


def _linked(row: Payment) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("services:payment", args=[row.code]), row.code)


def payments_table(by: Actor) -> RuledTable:
    """The list of payments for reconciling (对账)."""
    columns: list[Column[Payment]] = [
        Column("code", _("Order"), lambda row: row.code, _linked, is_header=True),
        Column(
            "affair", _("Affair"), lambda row: row.affair.code, lambda row: linked_affair(row.affair.code)
        ),
        Column("item", _("Service"), lambda row: row.item.label),
        Column(
            "amount",
            _("Amount (yuan)"),
            lambda row: row.amount / 100,
            lambda row: yuan(row.amount),
            is_number=True,
        ),
        Column("state", pgettext("payment", "State"), lambda row: str(PaymentState(row.state).label)),
        Column(
            "opened",
            _("Ordered"),
            lambda row: localtime(row.opened_at),
            lambda row: moment_words(row.opened_at),
            ("opened_at",),
        ),
        Column(
            "paid",
            _("Paid"),
            lambda row: localtime(row.paid_at) if row.paid_at else None,
            lambda row: moment_words(row.paid_at),
        ),
        Column("refunded", _("Refund made"), lambda row: moment_words(row.refunded_at)),
        Column("reference", _("Gateway's number"), lambda row: row.reference),
        Column("reconciled", _("Reconciled"), lambda row: moment_words(row.reconciled_at)),
        Column("reason", _("Reason"), lambda row: worded(row.reason), is_exported_only=True),
    ]
    filters = [Filter("state", pgettext("payment", "State"), "state", PaymentState.choices)]
    rules = {
        "state": lambda rows, value: rows.filter(state=value),
        "q": lambda rows, value: (
            rows.filter(code=value.strip().upper()) | rows.filter(affair__code=value.strip().upper())
        ),
    }
    return RuledTable(
        "payments",
        _("Payments"),
        paying.payments(by),
        columns,
        filters,
        ("code",),
        rules=rules,
        order=("-opened_at", "-id"),
    )
