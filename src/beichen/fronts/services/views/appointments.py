"""`/services/appointments`: one's own appointments, those of a window, and booking in three choices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.fronts.services.items import booking
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.listing import desk_appointments, own_appointments
from beichen.fronts.services.items.models import Appointment
from beichen.fronts.services.items.queueing import serves_at
from beichen.fronts.services.items.words import BookingState
from beichen.fronts.services.permissions import SERVE
from beichen.fronts.services.views.catalogue import window_facts
from beichen.fronts.services.views.filling import signing_in
from beichen.kernel.access.service import acting, check_rate, chosen_subject, decide, subjects_of
from beichen.problem import ProblemError
from beichen.web.tables import answer
from beichen.web.wording import in_words

RATE = "30/minute"


@require_safe
def windows(request: HttpRequest) -> HttpResponse:
    """Where people are served: addresses and hours, for everybody."""
    by = acting(request)
    found = [{**window_facts(row), "is_served": serves_at(row, by=by)} for row in items.windows()]
    return render(request, "services/windows.html", {"windows": found})


@require_safe
def appointments(request: HttpRequest) -> HttpResponseBase:
    """Those of the reader; for a clerk those at the windows where they serve."""
    by = acting(request)
    if (to_door := signing_in(request)) is not None:
        return to_door
    is_desk = bool(decide(by, SERVE)) and request.GET.get("whose") != "own"
    if not is_desk:
        chosen_subject(request)
    table = desk_appointments(by) if is_desk else own_appointments(by)
    return answer(request, table, "services/appointments.html", {"is_desk": is_desk})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A window, a day, a time; sent, the place is held."""
    by = acting(request)
    if request.method != "POST" and (to_door := signing_in(request)) is not None:
        return to_door
    is_clerk = bool(decide(by, SERVE))
    if not is_clerk:
        chosen_subject(request)
    problems: list[str] = []
    if request.method == "POST":
        check_rate("services.booking", by.key, RATE)
        try:
            row = booking.book(
                request.POST.get("window", ""),
                _moment(request.POST.get("starts_at", "")),
                request.POST.get("subject", ""),
                by=by,
                item_key=request.POST.get("item", "")[:60],
            )
        except ProblemError as error:
            problems = [in_words(problem) for problem in error.problems]
        else:
            messages.success(request, gettext("Booked: %(code)s.") % {"code": row.code})
            return HttpResponseRedirect(reverse("services:appointment", args=[row.code]))
    context = {**_choices(request), "problems": problems, "is_clerk": is_clerk, "subjects": subjects_of(by)}
    return render(request, "services/appointment_new.html", context, status=422 if problems else 200)


def _choices(request: HttpRequest) -> dict[str, Any]:
    """What is chosen so far, and what can be chosen next."""
    asked = request.POST if request.method == "POST" else request.GET
    known = items.windows()
    row = next((one for one in known if one.key == asked.get("window")), None)
    days = booking.days(row) if row is not None else []
    wanted = asked.get("day", "") or asked.get("starts_at", "")[:10]
    day = next((one for one in days if one.isoformat() == wanted), days[0] if days else None)
    return {
        "windows": [(one.key, one.label) for one in known],
        "window": row,
        "facts": window_facts(row) if row is not None else None,
        "days": days,
        "day": day,
        "slots": booking.slots(row, day) if row is not None and day is not None else [],
        "item": asked.get("item", "")[:60],
    }


def _moment(text: str) -> datetime:
    """The moment that a form sends; one in the year 1 when it is none, at which no slot begins."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.combine(date(2000, 1, 1), datetime.min.time())
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _context(request: HttpRequest, row: Appointment) -> dict[str, Any]:
    wanted = request.GET.get("day", "")
    days = booking.days(row.window)
    day = next((one for one in days if one.isoformat() == wanted), None)
    is_open = row.state == BookingState.BOOKED and row.ends_at > timezone.now()
    own = {one.code: one.name for one in subjects_of(acting(request))}
    return {
        "row": row,
        "whose": own.get(row.subject, ""),
        "state": BookingState(row.state).label,
        "facts": window_facts(row.window),
        "is_open": is_open,
        "is_clerk": bool(decide(acting(request), SERVE, row)),
        "days": days if is_open else [],
        "day": day,
        "slots": booking.slots(row.window, day) if day and is_open else [],
    }


@require_safe
def appointment(request: HttpRequest, code: str) -> HttpResponse:
    """One appointment: when, where, for what; move it or give it back."""
    row = booking.find_appointment(code, by=acting(request))
    return render(request, "services/appointment.html", _context(request, row))


@require_POST
def change(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Move or cancel an appointment."""
    by = acting(request)
    if act not in ("move", "cancel"):
        raise Http404
    try:
        if act == "move":
            booking.move(code, _moment(request.POST.get("starts_at", "")), by=by)
            messages.success(request, gettext("The appointment was moved."))
        else:
            booking.cancel(code, by=by)
            messages.success(request, gettext("The appointment was cancelled."))
    except ProblemError as error:
        if error.status in (403, 404):
            raise
        for problem in error.problems:
            messages.error(request, in_words(problem))
    return HttpResponseRedirect(reverse("services:appointment", args=[code.upper()[:20]]))
