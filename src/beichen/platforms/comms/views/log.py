"""`/messages/log`: who was told what when; `/messages/log/NUMBER`: one delivery, its address for a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.kernel.levels import Level
from beichen.platforms.comms.addresses import masked
from beichen.platforms.comms.forms import PurposeForm
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.pages import language, moment, reason_of, state_badge
from beichen.platforms.comms.rights import READ_ADDRESS
from beichen.platforms.comms.service import deliveries_for, delivery_for, disclosed_address
from beichen.platforms.comms.words import ChannelName, State, Urgency
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer


def _subject(row: Delivery) -> str:
    return row.message.subject(language())


def _title(row: Delivery) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("platforms_comms:delivery", args=[row.number]), _subject(row)
    )


def _time(key: str, title: Any, name: str) -> Column[Delivery]:
    return Column(key, title, lambda row: getattr(row, name), lambda row: moment(getattr(row, name)), (name,))


COLUMNS: list[Column[Delivery]] = [
    Column("message", _("Message"), _subject, _title, is_header=True),
    Column("about", _("About"), lambda row: row.message.about, sort=("message__about",)),
    Column("name", _("Receiver"), lambda row: row.name, sort=("name",)),
    Column("channel", _("Channel"), lambda row: str(ChannelName(row.channel).label), sort=("channel",)),
    Column("address", _("Address it went to"), lambda row: masked(row.channel, row.address)),
    Column("state", _("Status"), lambda row: str(State(row.state).label), state_badge, ("state",)),
    Column("reason", _("What went wrong"), reason_of),
    Column("attempts", _("Attempts"), lambda row: row.attempts, sort=("attempts",), is_number=True),
    _time("created", _("Begun"), "created_at"),
    _time("sent", _("Sent at"), "sent_at"),
    _time("delivered", _("Delivered at"), "delivered_at"),
    _time("read", _("Read at"), "read_at"),
    Column("number", _("Delivery number"), lambda row: row.number, is_exported_only=True),
]
FILTERS = [
    Filter("channel", _("Channel"), "channel", ChannelName.choices),
    Filter("state", _("Status"), "state", State.choices),
    Filter("urgency", _("Urgency"), "message__urgency", Urgency.choices),
]
SEARCH = ("message__subject_zh", "message__subject_en", "message__about", "name", "number")


@require_safe
def log(request: HttpRequest) -> HttpResponseBase:
    """Every delivery that the reader may read of; addresses are masked here and in every export."""
    rows = deliveries_for(acting(request))
    table: Table[Delivery] = Table("deliveries", _("Who was told what when"), rows, COLUMNS, FILTERS, SEARCH)
    return answer(request, table, "platforms_comms/log.html")


@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """One delivery; whoever is cleared sees its address after saying what for."""
    by = acting(request)
    row = delivery_for(by, number)
    may_look = bool(row.address) and bool(decide(by, READ_ADDRESS, row, level=Level.L3))
    form = PurposeForm(request.POST or None) if may_look else None
    address = ""
    if form is not None and request.method == "POST" and form.is_valid():
        address = disclosed_address(row, form.cleaned_data["purpose"], by=by)
    words = language()
    context = {
        "row": row,
        "subject": row.message.subject(words),
        "text": row.message.text(words),
        "channel": ChannelName(row.channel).label,
        "urgency": Urgency(row.message.urgency).label,
        "state": state_badge(row),
        "reason": reason_of(row),
        "masked": masked(row.channel, row.address),
        "address": address,
        "form": form if not address else None,
        "crumbs": [Link(_("Who was told"), reverse("platforms_comms:log")), Link(row.number)],
    }
    is_wrong = form is not None and bool(form.errors)
    return render(request, "platforms_comms/delivery.html", context, status=422 if is_wrong else 200)
