"""`/services/objections`: objections to public notices, for the bodies that answer them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services.objection import answering, reading
from beichen.fronts.services.objection.forms import PurposeForm, RulingForm
from beichen.fronts.services.objection.listing import objections_table
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.permissions import HANDLE, IDENTIFY, READ, SUPERVISE
from beichen.fronts.services.signs import name_of
from beichen.fronts.services.words import CLOSED
from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.web.tables import answer as shown_table


@require_safe
def objections(request: HttpRequest) -> HttpResponseBase:
    """The objections that the reader's bodies answer."""
    by = acting(request)
    require(by, READ)
    return shown_table(request, objections_table(by), "services/objection/list.html")


def _page(request: HttpRequest, row: Objection, **more: Any) -> HttpResponse:
    by = acting(request)
    may = row.is_open and row.affair.status not in CLOSED and _may_answer(row, by)
    context = {
        "row": row,
        "ruling": Ruling(row.ruling).label,
        "body": name_of(row.body),
        "form": RulingForm(initial={"version": row.affair.version}) if may else None,
        "yes_no": f"{gettext('Yes')},{gettext('No')}",
        "purpose": PurposeForm() if row.has_contact and decide(by, IDENTIFY, row) else None,
        **more,
    }
    bad = [one for one in (context["form"], context["purpose"]) if one is not None and one.errors]
    return render(request, "services/objection/page.html", context, status=422 if bad else 200)


def _may_answer(row: Objection, by: Actor) -> bool:
    return any(decide(by, right, row) for right in (HANDLE, SUPERVISE))


@never_cache
@require_safe
def objection(request: HttpRequest, code: str) -> HttpResponse:
    """One objection, for whose body takes part in its affair."""
    return _page(request, reading.find_objection(code, by=acting(request)))


@require_POST
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether the objection holds, and why."""
    by = acting(request)
    row = reading.find_objection(code, by=by)
    form = RulingForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            answering.answer(
                row.affair.code, row.code, given["ruling"], given["reason"], by=by, expected=form.expected()
            )
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("The objection is answered; who objected is told."))
            return HttpResponseRedirect(reverse("services:objection", args=[row.code]))
    return _page(request, row, form=form)


@never_cache
@require_POST
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """The page with how who objected can be reached, or with why not; on record."""
    by = acting(request)
    row = reading.find_objection(code, by=by)
    form = PurposeForm(request.POST)
    facts: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            found = reading.identify(row, purpose=form.cleaned_data["purpose"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            labels = {
                "name": pgettext("person", "Name"),
                "phone": gettext("Telephone"),
                "email": gettext("E-mail"),
            }
            facts = [(labels[name], value or "–") for name, value in found.items()]
    return _page(request, row, purpose=form, facts=facts)
