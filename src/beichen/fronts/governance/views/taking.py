"""`/console/new`: take a report at the telephone or on a round; then the case, with what is like it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.governance.maps import map_context
from beichen.fronts.governance.queue import case_address
from beichen.fronts.governance.taking import TakingForm
from beichen.hubs.events.pages import Channel, is_fetched, scanned, sent_answer
from beichen.hubs.events.service import TAKE, all_kinds, receive
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError


@require_safe
def find_object(request: HttpRequest) -> HttpResponse:
    """What the object of a scanned ``?code=`` says, for who may take reports and sees the object."""
    by = access.acting(request)
    access.require(by, TAKE)
    try:
        return JsonResponse(scanned(request.GET.get("code", ""), by=by))
    except ProblemError as error:
        return JsonResponse(error.problems[0].as_dict(), status=error.status)


def _at(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """What the object of ``?at=`` fills the form with; nothing where there is none to be seen."""
    code = request.GET.get("at", "")
    try:
        found = scanned(code, by=by) if code else {}
    except ProblemError:
        return {}
    return {**found, "channel": Channel.PATROL} if found else {}


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """The form; sending it leads to the case."""
    by = access.acting(request)
    access.require(by, TAKE)
    form = TakingForm(
        list(all_kinds()), request.POST or None, request.FILES or None, initial=_at(request, by)
    )
    if request.method == "POST" and form.is_valid():
        try:
            receipt = receive(form.draft(by=by), by=by)
        except ProblemError as error:
            form.take(error)
        else:
            words = _("Number %(code)s, code %(secret)s: tell them to the caller.")
            messages.success(request, words % {"code": receipt.report.code, "secret": receipt.report.secret})
            return sent_answer(request, case_address(receipt.case.code))
    if request.method == "POST" and is_fetched(request):
        return JsonResponse({"errors": form.errors}, status=422)
    context = {"form": form, **map_context(request)}
    return render(request, "governance/taking.html", context, status=422 if form.errors else 200)
