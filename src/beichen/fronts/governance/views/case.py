"""`/console/cases/CODE`: one case with everything that is known of it and everything that may be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.governance.acting import do
from beichen.fronts.governance.asking import CommandForm
from beichen.fronts.governance.bodies import LIST, suggestions
from beichen.fronts.governance.dossier import Dossier, desk_of
from beichen.fronts.governance.forms import FORMS
from beichen.fronts.governance.maps import place_context
from beichen.fronts.governance.queue import case_address, region_name
from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.signs import grade_badge, time_badge
from beichen.fronts.governance.wording import body_name
from beichen.fronts.governance.words import LABELS
from beichen.hubs.events.models import Case
from beichen.hubs.events.pages import Outcome, Stage
from beichen.hubs.events.service import find_case
from beichen.kernel.org.models import Body
from beichen.problem import ProblemError


def page(request: HttpRequest, row: Case, bad: CommandForm | None = None, **more: Any) -> HttpResponse:
    """The case's page; with ``bad`` that form shows what was refused."""
    now = timezone.now()
    dossier = Dossier(row, by=looking(request), now=now, bad=bad)
    context = {
        "case": row,
        "dossier": dossier,
        "offers": dossier.offers(),
        "grade": grade_badge(row.grade),
        "time": time_badge(row, now),
        "stage": Stage(row.stage).label,
        "outcome": Outcome(row.outcome).label if row.outcome else "",
        "region": region_name(row.region),
        "lead": body_name(row.desk),
        "centre": body_name(row.centre),
        "body_list": LIST,
        "suggestions": suggestions(dossier.bodies),
        **place_context(request, row),
        **more,
    }
    return render(request, "governance/case.html", context, status=422 if bad is not None else 200)


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """The case, for whom takes part in it."""
    return page(request, find_case(code, by=looking(request)))


@require_POST
def act(request: HttpRequest, code: str, command: str) -> HttpResponse:
    """Give a command to the case, and show it again."""
    by = looking(request)
    if command not in FORMS:
        raise Http404
    row = find_case(code, by=by)
    bodies = list(Body.objects.filter(is_current=True).order_by("path"))
    form = FORMS[command](command, desk_of(row, bodies), request.POST, request.FILES)
    if form.is_valid():
        try:
            done = do(row, form, by=by, now=timezone.now())
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("Done: %(what)s.") % {"what": LABELS[command]})
            return HttpResponseRedirect(case_address(done.code))
    return page(request, find_case(code, by=by), form)
