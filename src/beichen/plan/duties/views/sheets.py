"""The assignment list as an Excel sheet: `/plan/duties/sheet` out, `/plan/duties/import` in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, require
from beichen.plan.duties.forms import SheetForm
from beichen.plan.duties.pages import crumbs, frame, plan_of_duties
from beichen.plan.duties.service import (
    ASSIGN,
    assign_duties,
    assignment_sheet,
    duties_of,
    read_assignments,
)
from beichen.plan.pages import without_plan
from beichen.problem import Problem, ProblemError
from beichen.web.links import Link
from beichen.web.wording import in_words

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 500  # mistakes of a sheet that the page lists


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The whole assignment list, to be filled in."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    response = HttpResponse(assignment_sheet(plan, duties_of(plan)), content_type=SHEET_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{plan.key}-duties.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HttpRequest) -> HttpResponse:
    """Takes a filled list: all of it in force, or every mistake with its cell and nothing changed."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    by = acting(request)
    require(by, ASSIGN, plan)
    form = SheetForm(request.POST or None, request.FILES or None)
    mistakes: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            wanted = read_assignments(plan, file.file, file.name)
            changed = assign_duties(plan, wanted, reason=form.cleaned_data["reason"], by=by) if wanted else []
        except ProblemError as error:
            mistakes = list(error.problems)
            form.add_error("file", gettext("Nothing was changed: the list has mistakes."))
        else:
            words = ngettext("%(count)d duty changed.", "%(count)d duties changed.", len(changed))
            messages.success(request, words % {"count": len(changed)})
            return HttpResponseRedirect(reverse("plan_duties:index"))
    shown = frame(request, plan, "index") | {
        "form": form,
        "crumbs": crumbs(Link(_("Assignment list"))),
        "mistakes": [{"problem": one, "words": in_words(one)} for one in mistakes[:_SHOWN]],
        "count": len(mistakes),
    }
    return render(request, "plan_duties/import.html", shown, status=422 if form.errors else 200)
