"""Objecting to a public notice, without an account; afterwards a copy of it, and forgetting who it was."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from beichen.fronts.services.objection import erasing, filing
from beichen.fronts.services.objection.forms import ObjectionForm
from beichen.fronts.services.objection.reading import export
from beichen.fronts.services.views.following import objection_of, remember
from beichen.fronts.services.views.notices import deciding, entry
from beichen.kernel.access.service import acting, address_of, check_rate, person_code
from beichen.kernel.actor import PUBLIC, Actor
from beichen.problem import ProblemError

RATE = "10/hour"


def _sender(request: HttpRequest) -> Actor:
    """The public, at the address that is counted: an account adds a person to the objection, no rights."""
    return Actor(PUBLIC.key, PUBLIC.name, PUBLIC.scopes, address=address_of(request))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, notice: UUID) -> HttpResponse:
    """The form beside what is on notice; sent, it leads to the number and the code that follow it."""
    person = person_code(acting(request))
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            return HttpResponseRedirect(reverse("services:notices"))  # a machine, which need not know why
        by = _sender(request)
        try:
            check_rate("services.object", by.address, RATE)
            row = filing.file(notice, form.draft(person), by=by)
        except ProblemError as error:
            if error.status == 404:
                raise
            form.take(error)
        else:
            remember(request, row.code, row.secret)
            messages.success(request, gettext("Your objection is with the office. Keep number and code."))
            return HttpResponseRedirect(reverse("services:followed", args=[row.code]))
    timer = filing.notice_of(notice)
    shown = entry(timer, deciding([timer]).get(timer.affair_id))
    context = {"form": form, "notice": shown, "has_account": bool(person)}
    return render(request, "services/objection/new.html", context, status=422 if form.errors else 200)


@require_POST
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is held of who objected, as a file."""
    row = objection_of(request, code)
    if row is None:
        return HttpResponseRedirect(reverse("services:follow"))
    answer = JsonResponse(export(row), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="objection-{row.code}.json"'
    return answer


@require_POST
def forget(request: HttpRequest, code: str) -> HttpResponse:
    """Forget how who objected can be reached; the objection stays, and its code still follows it."""
    row = objection_of(request, code)
    if row is None:
        return HttpResponseRedirect(reverse("services:follow"))
    erasing.forget(row, by=_sender(request))
    remember(request, row.code, row.secret)
    messages.success(request, gettext("Your name and addresses were erased. What you said stays."))
    return HttpResponseRedirect(reverse("services:followed", args=[row.code]))
