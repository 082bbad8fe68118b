"""`/plan/years/2024/draft`: the draft of a year: change a target, give it to districts, adopt, discard."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from beichen.hubs.data.service import indicators
from beichen.kernel.access.service import acting, decide, require
from beichen.plan.models import Plan
from beichen.plan.pages import in_english
from beichen.plan.years.districts import POPULATION
from beichen.plan.years.forms import AdoptForm, AllotForm, TargetForm
from beichen.plan.years.models import YearPlan, YearTarget
from beichen.plan.years.service import (
    ADOPT,
    DRAFT,
    adopt,
    allot,
    balances,
    change_target,
    discard_draft,
    draft_of,
    draft_year,
    target_of,
)
from beichen.plan.years.views.shown import (
    amount,
    crumbs,
    line_name,
    of_plan,
    region_name,
    year_tabs,
)
from beichen.plan.years.views.year import columns_of
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer


def _draft(request: HttpRequest, plan: Plan, number: int) -> YearPlan:
    by = acting(request)
    require(by, DRAFT, plan)
    found = draft_of(plan, number, by=by)
    if found is None:
        raise Http404
    return found


def _back(number: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("plan_years:draft", args=[number]))


@require_http_methods(["GET", "HEAD", "POST"])
@of_plan
def draft(request: HttpRequest, plan: Plan, number: int) -> HttpResponseBase:
    """The draft's targets, each leading to its form; POST starts a draft."""
    if request.method == "POST":
        draft_year(plan, number, by=acting(request))
        messages.success(request, gettext("The draft is made; every target can be changed with a reason."))
        return _back(number)
    return _draft_page(request, plan, number, AdoptForm())


def _draft_page(request: HttpRequest, plan: Plan, number: int, form: AdoptForm) -> HttpResponseBase:
    row = _draft(request, plan, number)
    rows = list(row.targets.select_related("region").order_by("position", "region__code"))
    found = balances(rows)

    def edit(target: YearTarget) -> str:
        href = reverse("plan_years:target", args=[number, target.pk])
        return format_html(
            '<a href="{}" aria-label="{} {}">{}</a>', href, _("Change"), target.name, _("Change")
        )

    def together(target: YearTarget) -> str:
        held = found.get((target.key, target.part)) if target.region_id is None else None
        return "" if held is None else amount(held.together)

    columns = columns_of(plan)
    table: Table[YearTarget] = Table(
        f"draft-{number}",
        _("Targets of the draft"),
        [target for target in rows if target.region_id is None],
        [
            *columns[:4],
            Column("together", _("Districts together"), together, is_number=True),
            *columns[4:],
            Column("edit", _("Change"), lambda _row: "", edit),
        ],
        search=("name",),
    )
    context = {
        "plan": plan,
        "number": number,
        "draft": row,
        "form": form,
        "may_adopt": decide(acting(request), ADOPT, plan),
        "tabs": year_tabs(plan, number),
        "crumbs": crumbs(
            Link(str(number), reverse("plan_years:year", args=[number])), Link(gettext("Draft"))
        ),
    }
    return answer(request, table, "plan_years/draft.html", context)


def _target_page(
    request: HttpRequest, plan: Plan, row: YearPlan, pk: int, form: TargetForm, allotment: AllotForm
) -> HttpResponse:
    target = target_of(row, pk)
    parts = row.targets.filter(key=target.key, part=target.part, region__isnull=False)
    districts = list(parts.select_related("region").order_by("region__code"))
    held = balances([target, *districts]).get((target.key, target.part))
    context = {
        "plan": plan,
        "number": row.year,
        "target": target,
        "name": line_name(plan, target),
        "region": region_name(target.region),
        "form": form,
        "allotment": None if target.region_id else allotment,
        "districts": [(region_name(part.region), part) for part in districts],
        "balance": held,
        "crumbs": crumbs(
            Link(str(row.year), reverse("plan_years:year", args=[row.year])),
            Link(gettext("Draft"), reverse("plan_years:draft", args=[row.year])),
            Link(line_name(plan, target)),
        ),
    }
    status = 422 if form.errors or allotment.errors else 200
    return render(request, "plan_years/target.html", context, status=status)


def _weights() -> list[tuple[str, str]]:
    rows = indicators().filter(aggregation="sum")
    named = [(row.key, row.name_en if in_english() else row.name) for row in rows]
    return sorted(named, key=lambda item: item[0] != POPULATION)


@require_http_methods(["GET", "HEAD", "POST"])
@of_plan
def target(request: HttpRequest, plan: Plan, number: int, pk: int) -> HttpResponse:
    """One target of the draft: change it with a reason."""
    row = _draft(request, plan, number)
    held = target_of(row, pk)
    form = TargetForm(request.POST or None, initial={"value": held.value})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            change_target(row, pk, said["value"], reason=said["reason"], by=acting(request))
        except ProblemError as error:
            form.take(error)
        else:
            return _back(number)
    return _target_page(request, plan, row, pk, form, AllotForm(indicators=_weights()))


@require_POST
@of_plan
def districts(request: HttpRequest, plan: Plan, number: int, pk: int) -> HttpResponse:
    """Give a target to the districts."""
    row = _draft(request, plan, number)
    form = AllotForm(request.POST, indicators=_weights())
    if form.is_valid():
        try:
            allot(row, pk, by=acting(request), **form.cleaned_data)
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_years:target", args=[number, pk]))
    return _target_page(request, plan, row, pk, TargetForm(initial={"value": target_of(row, pk).value}), form)


@require_POST
@of_plan
def adopt_draft(request: HttpRequest, plan: Plan, number: int) -> HttpResponseBase:
    """Adopt the draft."""
    row, form = _draft(request, plan, number), AdoptForm(request.POST)
    if form.is_valid():
        try:
            adopt(row, note=form.cleaned_data["note"], by=acting(request))
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, gettext("The year's plan is adopted."))
            return HttpResponseRedirect(reverse("plan_years:year", args=[number]))
    response = _draft_page(request, plan, number, form)
    response.status_code = 422
    return response


@require_POST
@of_plan
def discard(request: HttpRequest, plan: Plan, number: int) -> HttpResponse:
    """Give the draft up."""
    discard_draft(_draft(request, plan, number), by=acting(request))
    messages.success(request, gettext("The draft is discarded."))
    return HttpResponseRedirect(reverse("plan_years:year", args=[number]))
