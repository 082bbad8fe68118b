"""`/services/windows/KEY/queue`: numbers of a window, for its clerks; `…/display`: for those who wait."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services.items import booking, coming, queueing
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.catalogue import entries
from beichen.fronts.services.items.models import Appointment, ServiceWindow, Ticket
from beichen.fronts.services.items.paper import qr_picture
from beichen.fronts.services.items.words import BookingState, TicketState
from beichen.kernel.access.service import acting
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.registry.service import address_of_code
from beichen.web.tables import Column, Rows
from beichen.web.wording import in_words

SHOWN = 100
ACTS = {"served": TicketState.SERVED, "skipped": TicketState.SKIPPED, "waiting": TicketState.WAITING}


def _rows(window: ServiceWindow) -> Rows[Ticket]:
    columns: list[Column[Ticket]] = [
        Column(
            "number",
            pgettext("service", "Number"),
            lambda one: queueing.label_of(window, one),
            is_header=True,
        ),
        Column("item", _("Service"), lambda one: one.item.label if one.item else ""),
        Column("booked", _("Appointment"), lambda one: _booked(one.appointment)),
        Column("came", _("Came"), lambda one: f"{timezone.localtime(one.came_at):%H:%M}"),
        Column("state", pgettext("ticket", "State"), lambda one: str(TicketState(one.state).label)),
        Column("counter", pgettext("queue", "Counter"), lambda one: one.counter, is_number=True),
    ]
    return Rows(_("Numbers of today"), columns, queueing.tickets(window).reverse()[:SHOWN])


def _booked(row: Appointment | None) -> str:
    return f"{timezone.localtime(row.starts_at):%H:%M} {row.code}" if row is not None else ""


def _counter(request: HttpRequest) -> int:
    text = request.POST.get("counter") or request.GET.get("counter", "1")
    return int(text) if text.isdecimal() and len(text) < 4 else 1


def _expected(window: ServiceWindow, by: Actor) -> list[Appointment]:
    """Who is expected today and has not come yet."""
    start = datetime.combine(queueing.today(), time.min, timezone.get_current_timezone())
    rows = booking.appointments_at(by).filter(
        window=window,
        state=BookingState.BOOKED,
        starts_at__gte=start,
        starts_at__lt=start + timedelta(days=1),
    )
    return list(rows.order_by("starts_at")[:SHOWN])


def _context(request: HttpRequest, window: ServiceWindow) -> dict[str, Any]:
    by = acting(request)
    declared, counter = items.read_window(window), _counter(request)
    now_called = queueing.tickets(window).filter(state=TicketState.CALLED)
    return {
        "window": window,
        "counter": counter,
        "counters": range(1, declared.counters + 1),
        "waiting": queueing.waiting_count(window),
        "called": [(queueing.label_of(window, one), one) for one in now_called.order_by("called_at")],
        "rows": _rows(window),
        "expected": _expected(window, by),
        "services": [(one.key, one.name) for one in entries() if one.kind == "item"][:500],
        "picture": _picture(window),
    }


def _picture(window: ServiceWindow) -> SafeString | str:
    """The window's own code, to hang up there; nothing while the house cannot sign any."""
    try:
        return qr_picture(address_of_code(coming.code_of(window)))
    except ProblemError:
        return ""


@require_safe
def queue(request: HttpRequest, key: str) -> HttpResponse:
    """The clerk's page: give numbers, call, serve, pass over."""
    window = items.window(key)
    queueing.require_clerk(window, by=acting(request))
    return render(request, "services/queue.html", _context(request, window))


@require_POST
def act(request: HttpRequest, key: str, act: str) -> HttpResponse:
    """Give a number, call the next, or say what became of one."""
    by = acting(request)
    if act not in ("take", "call", *ACTS):
        raise Http404
    try:
        messages.success(request, _do(request, key, act, by))
    except ProblemError as error:
        if error.status == 403:
            raise
        for problem in error.problems:
            messages.error(request, in_words(problem))
    address = reverse("services:queue", args=[items.window(key).key])
    return HttpResponseRedirect(f"{address}?counter={_counter(request)}")


def _do(request: HttpRequest, key: str, act: str, by: Actor) -> str:
    window = items.window(key)
    if act == "take":
        ticket = queueing.take_number(
            key,
            by=by,
            item_key=request.POST.get("item", "")[:60],
            appointment=request.POST.get("appointment", "")[:20],
        )
        return gettext("Number %(number)s.") % {"number": queueing.label_of(window, ticket)}
    if act == "call":
        called = queueing.call_next(key, _counter(request), by=by)
        if called is None:
            return gettext("Nobody waits.")
        return gettext("Called: %(number)s.") % {"number": queueing.label_of(window, called)}
    number = request.POST.get("number", "")
    ticket = queueing.settle(
        key, int(number) if number.isdecimal() and len(number) < 7 else 0, ACTS[act], by=by
    )
    return f"{queueing.label_of(window, ticket)}: {TicketState(ticket.state).label}"


@require_safe
def display(request: HttpRequest, key: str) -> HttpResponse:
    """The numbers that were called, large, for a screen in the hall; it asks anew every few seconds."""
    window = items.window(key)
    context = {
        "window": window,
        "called": [(queueing.label_of(window, one), one.counter) for one in queueing.called(window)],
        "waiting": queueing.waiting_count(window),
        "now": timezone.localtime(),
    }
    is_part = request.headers.get("HX-Request") == "true"
    response = render(request, "services/display_part.html" if is_part else "services/display.html", context)
    response["Cache-Control"] = "no-store"
    return response
