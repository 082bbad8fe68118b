"""What is done with the changes of a draft: one is added, a project is added, one is dropped."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from beichen.kernel.access.service import acting, require
from beichen.plan.adjustments.forms import REMOVE, ProblemForm, ProjectForm
from beichen.plan.adjustments.models import Adjustment, Change
from beichen.plan.adjustments.service import PROPOSE, Proposed, add_change, adjustment_of, drop_change
from beichen.plan.adjustments.views.adjustments import adjustment_page, boxes_of, change_form
from beichen.plan.models import Plan
from beichen.plan.pages import shown_plan, without_plan
from beichen.problem import ProblemError


def _back(number: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("plan_adjustments:adjustment", args=[number]))


def _keep(
    request: HttpRequest, plan: Plan, row: Adjustment, form: ProblemForm, item: Proposed, bad: dict[str, Any]
) -> HttpResponse:
    """Add the change, or show the page again with what stands against it."""
    try:
        add_change(row, item, by=acting(request))
    except ProblemError as error:
        if error.status == 403:
            raise
        form.take(error)
        return adjustment_page(request, plan, row, bad)
    return _back(row.number)


@require_POST
def add(request: HttpRequest, number: int) -> HttpResponse:
    """Change a field of a fact, or remove it."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = adjustment_of(plan, number)
    require(acting(request), PROPOSE, row)
    chosen = f"{request.POST.get('kind', '')}/{request.POST.get('key', '')}"
    form, fact = change_form(plan, chosen, request.POST)
    if form is None:
        raise Http404
    bad = {"change_form": form, "fact": fact, "says": str(fact)}
    if not form.is_valid():
        return adjustment_page(request, plan, row, bad)
    said = form.cleaned_data
    is_removal = said["field"] == REMOVE
    field, new = ("", None) if is_removal else (said["field"], said["new"])
    item = Proposed(said["kind"], said["key"], field, new, said["reason"], said["justification"])
    return _keep(request, plan, row, form, item, bad)


@require_POST
def add_project(request: HttpRequest, number: int) -> HttpResponse:
    """Add a project to a box."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = adjustment_of(plan, number)
    require(acting(request), PROPOSE, row)
    form = ProjectForm(request.POST, boxes=boxes_of(plan))
    if not form.is_valid():
        return adjustment_page(request, plan, row, {"project_form": form})
    said = dict(form.cleaned_data)
    item = Proposed("projects", "", "", said, said.pop("reason"))
    return _keep(request, plan, row, form, item, {"project_form": form})


@require_POST
def drop(request: HttpRequest, number: int, change: int) -> HttpResponse:
    """Take a change out of the draft."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = get_object_or_404(Change.objects.select_related("adjustment"), pk=change, adjustment__plan=plan)
    drop_change(row, by=acting(request))
    return _back(number)
