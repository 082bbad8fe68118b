"""`/services/windows/KEY/check-in`: who has an appointment there today and scanned the code gets a number."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from beichen.fronts.services.items import coming, queueing
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.models import Appointment, ServiceWindow
from beichen.kernel.access.service import acting, check_rate, subjects_of
from beichen.problem import ProblemError
from beichen.web.wording import in_words

RATE = "30/hour"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, key: str) -> HttpResponse:
    """The appointments of today, each with its number once one has come."""
    by, window = acting(request), items.window(key)
    token = request.GET.get("at", "")
    if not subjects_of(by):
        back = f"{request.path}?{urlencode({'at': token[:300]})}"
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
    if request.method == "POST":
        check_rate("services.check-in", by.key, RATE)
        try:
            coming.check_in(window.key, request.POST.get("appointment", ""), token, by=by)
        except ProblemError as error:
            for problem in error.problems:
                messages.error(request, in_words(problem))
        return HttpResponseRedirect(f"{request.path}?{urlencode({'at': token[:300]})}")
    rows = coming.appointments_today(window, by=by)
    context = {
        "window": window,
        "is_here": coming.is_here(window, token),
        "rows": [(row, _number(window, row)) for row in rows],
        "waiting": queueing.waiting_count(window),
    }
    return render(request, "services/check_in.html", context)


def _number(window: ServiceWindow, row: Appointment) -> str:
    """The number that somebody has; empty before they have come."""
    ticket = getattr(row, "ticket", None)
    return queueing.label_of(window, ticket) if ticket is not None else ""
