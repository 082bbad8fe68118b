"""`/messages`: one's own inbox; `/messages/ID`: a message, read by being opened."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting
from beichen.kernel.org.models import Person
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.pages import badge, browser_context, language, moment, own_person, unread_of
from beichen.platforms.comms.service import (
    inbox_message,
    inbox_of,
    inbox_of_message,
    mark_read,
    unread_count,
)
from beichen.platforms.comms.words import State, Urgency
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

STATES = [(State.DELIVERED.value, _("Unread")), (State.READ.value, pgettext("delivery", "Read"))]


def _person(request: HttpRequest) -> Person:
    """The reader. Raises Http404 for an account that stands for nobody."""
    person = own_person(request)
    if person is None:
        raise Http404
    return person


def _subject(row: Delivery) -> str:
    return row.message.subject(language())


def _title(row: Delivery) -> SafeString:
    href = reverse("platforms_comms:message", args=[row.pk])
    shape = '<a href="{}">{}</a>' if row.read_at else '<a class="is-unread" href="{}">{}</a>'
    return format_html(shape, href, _subject(row))


def _urgency(row: Delivery) -> SafeString | str:
    label = Urgency(row.message.urgency).label
    return badge("missed", label) if row.message.urgency == Urgency.URGENT else str(label)


def _state(row: Delivery) -> SafeString | str:
    if row.read_at is None:
        return badge("behind", _("Unread"))
    return str(_("Read on %(moment)s") % {"moment": moment(row.read_at)})


COLUMNS: list[Column[Delivery]] = [
    Column("subject", _("Message"), _subject, _title, is_header=True),
    Column(
        "urgency",
        _("Urgency"),
        lambda row: str(Urgency(row.message.urgency).label),
        _urgency,
        ("message__urgency",),
    ),
    Column(
        "at", _("Received"), lambda row: row.created_at, lambda row: moment(row.created_at), ("created_at",)
    ),
    Column("state", _("Status"), lambda row: moment(row.read_at), _state, ("read_at",)),
]
SEARCH = ("message__subject_zh", "message__subject_en", "message__text_zh", "message__about")


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """What the reader was told, the newest first."""
    person = own_person(request)
    rows = inbox_of(person) if person else Delivery.objects.none()
    table: Table[Delivery] = Table(
        "messages",
        _("Messages"),
        rows.select_related("message").order_by("-id"),
        COLUMNS,
        [Filter("state", _("Status"), "state", STATES)],
        SEARCH,
    )
    context: dict[str, object] = {"unread": unread_count(person) if person else 0}
    if person is not None:
        context |= browser_context(reverse("platforms_comms:browser"))
    return answer(request, table, "platforms_comms/inbox.html", context)


@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """How many messages the reader has not read, for the page's head; null without a person."""
    return JsonResponse({"count": unread_of(request)})


@login_required
@require_safe
def message(request: HttpRequest, number: int) -> HttpResponse:
    """A message of one's own; opening it is reading it."""
    person = _person(request)
    row = inbox_message(person, number)
    mark_read(person, [row.pk], by=acting(request))
    words = language()
    context = {
        "row": row,
        "subject": row.message.subject(words),
        "text": row.message.text(words),
        "urgency": _urgency(row),
        "crumbs": [Link(_("Messages"), reverse("platforms_comms:inbox")), Link(row.message.subject(words))],
    }
    return render(request, "platforms_comms/message.html", context)


@login_required
@require_POST
def open_(request: HttpRequest, number: int) -> HttpResponse:
    """Go to the thing that a message is about; that reads it too."""
    person = _person(request)
    row = inbox_message(person, number)
    mark_read(person, [row.pk], by=acting(request))
    return HttpResponseRedirect(row.message.href or reverse("platforms_comms:message", args=[row.pk]))


@login_required
@require_safe
def arrive(request: HttpRequest, code: str) -> HttpResponse:
    """Where a notification leads: the message is read, and its thing shown (or itself)."""
    person = _person(request)
    row = inbox_of_message(person, code)
    if row is None:
        return HttpResponseRedirect(reverse("platforms_comms:inbox"))
    mark_read(person, [row.pk], by=acting(request))
    return HttpResponseRedirect(row.message.href or reverse("platforms_comms:message", args=[row.pk]))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    number = mark_read(_person(request), by=acting(request))
    words = ngettext("%(count)d message marked as read.", "%(count)d messages marked as read.", number)
    messages.success(request, words % {"count": number})
    return HttpResponseRedirect(reverse("platforms_comms:inbox"))
