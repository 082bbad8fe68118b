"""Reporting on a project: its forms on its page; what is refused comes back beside its field."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from beichen.kernel.access.service import acting
from beichen.plan.investment.forms import FORMS, ProjectForm
from beichen.plan.investment.rights import require_writer
from beichen.plan.investment.views.project import found_project, project_context
from beichen.plan.investment.views.shown import plan_of
from beichen.plan.pages import without_plan
from beichen.problem import ProblemError


@require_POST
def report(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Write one form of a project, then back to its page."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    if form not in FORMS:
        raise Http404
    row, by = found_project(request, plan, key), acting(request)
    require_writer(by, row)
    filled: ProjectForm = FORMS[form](request.POST, request.FILES, row=row)
    if filled.is_valid():
        try:
            shown = filled.write(by)
        except ProblemError as error:
            if error.status == 403:
                raise
            filled.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_investment:project", args=[shown.key]))
    fresh = found_project(request, plan, key)
    context = project_context(request, plan, fresh, filled)
    return render(request, "plan_investment/project.html", context, status=422)
