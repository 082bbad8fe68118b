"""`/my`: the cards of what is one's own; `/my/cases`, `/my/messages`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from beichen.fronts.citizen.my.pages import frame, own, person_of
from beichen.fronts.citizen.wording import station_of
from beichen.hubs.events.models import Report
from beichen.hubs.events.service import reports_of
from beichen.kernel.access import service as access
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.pages import language, moment
from beichen.web.cards import cards
from beichen.web.tables import Column, Filter, Table, answer

_OPEN = [("True", gettext_lazy("Under way")), ("False", gettext_lazy("Closed"))]


@own
@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """Who is signed in, how well that is known, for whom they act, and the cards."""
    person = person_of(request)
    by, subject = access.acting(request), access.chosen_subject(request)
    level = access.assurance_of(by)
    context = {
        "person": person,
        "subject": subject,
        "others": len(access.subjects_of(by)) - 1,
        "assurance": str(_ASSURANCE[level]),
        "is_self_stated": level == access.Assurance.SELF_STATED,
        "cards": [(f"card-{key}", card) for key, card in cards(request, subject)],
    }
    return render(request, "citizen/my/home.html", context)


_ASSURANCE = {
    access.Assurance.SELF_STATED: gettext_lazy("As you state it yourself"),
    access.Assurance.WINDOW: gettext_lazy("Checked at a window"),
    access.Assurance.UPSTREAM: gettext_lazy("Vouched for by the city's identity provider"),
}


def _case_link(row: Report) -> SafeString:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
    return format_html('<a href="{}">{}</a>{}', reverse("citizen:status", args=[row.code]), row.code, demo)


def _kind(row: Report) -> str:
    return row.kind.label if row.kind is not None else str(_("Your report"))


CASES: list[Column[Report]] = [
    Column("code", gettext_lazy("Number given"), lambda row: row.code, _case_link, ("code",), is_header=True),
    Column("kind", gettext_lazy("What it is about"), _kind, sort=("kind__name",)),
    Column("region", gettext_lazy("Place"), lambda row: row.address or row.region.name),
    Column(
        "at",
        gettext_lazy("Reported"),
        lambda row: row.received_at,
        lambda row: moment(row.received_at),
        ("received_at",),
    ),
    Column("state", gettext_lazy("Where it stands"), lambda row: station_of(row.case)),
]


@own
@require_safe
def cases(request: HttpRequest) -> HttpResponseBase:
    """What one has reported with the account; the same as a file."""
    rows = reports_of(person_of(request).code).order_by("-received_at")
    table: Table[Report] = Table(
        "my-cases",
        _("My reports"),
        rows,
        CASES,
        [Filter("open", gettext_lazy("State"), "case__is_open", _OPEN)],
        ("code", "kind__name", "kind__name_en", "address"),
    )
    return answer(request, table, "citizen/my/list.html", frame(_("My reports"), hint="cases"))


def _message_link(row: Delivery) -> SafeString:
    shape = '<a href="{}">{}</a>' if row.read_at else '<a class="is-unread" href="{}">{}</a>'
    return format_html(
        shape, reverse("platforms_comms:message", args=[row.pk]), row.message.subject(language())
    )


MESSAGES: list[Column[Delivery]] = [
    Column(
        "subject",
        gettext_lazy("Message"),
        lambda row: row.message.subject(language()),
        _message_link,
        is_header=True,
    ),
    Column(
        "at",
        gettext_lazy("Received"),
        lambda row: localtime(row.created_at),
        lambda row: moment(row.created_at),
        ("created_at",),
    ),
    Column(
        "state",
        gettext_lazy("State"),
        lambda row: moment(row.read_at) if row.read_at else _("Unread"),
        sort=("read_at",),
    ),
]
_READ = [("delivered", gettext_lazy("Unread")), ("read", gettext_lazy("Read already"))]


@own
@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """What one was told."""
    rows = comms.inbox_of(person_of(request)).select_related("message").order_by("-id")
    table: Table[Delivery] = Table(
        "my-messages",
        _("My messages"),
        rows,
        MESSAGES,
        [Filter("state", gettext_lazy("State"), "state", _READ)],
        ("message__subject_zh", "message__subject_en"),
    )
    return answer(request, table, "citizen/my/list.html", frame(_("My messages"), hint="messages"))
