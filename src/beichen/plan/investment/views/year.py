"""`/plan/investment/YEAR`: the government investment plan of a year, in versions, checked and carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import Actor
from beichen.plan.investment.declared import Source
from beichen.plan.investment.models import InvestmentPlan, PlanLine, PlanState, YearMoney
from beichen.plan.investment.service import (
    MANAGE,
    READ,
    adopt_investment_plan,
    allot,
    draft_investment_plan,
    investment,
    investment_plan,
    investment_plans,
    investments,
    plan_findings,
    set_budget,
    set_plan_line,
)
from beichen.plan.investment.views.shown import money, plan_of
from beichen.plan.investment.year_forms import AdoptionForm, AllotmentForm, BudgetForm, LineForm
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.wording import in_words

ZERO = Decimal(0)
TONES = {PlanState.DRAFT: "behind", PlanState.ADOPTED: "ahead", PlanState.REPLACED: "unknown"}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in the year: what it can give, what the lines take, what was paid out."""

    name: str
    budget: Decimal | None
    taken: Decimal
    allotted: Decimal | None
    is_over: bool


def _sources(row: InvestmentPlan, lines: Sequence[PlanLine]) -> list[SourceLine]:
    budgets = {one.source: one.amount for one in row.budgets.all()}
    found = []
    for source in Source:
        own = [line for line in lines if line.source == source]
        if not own and source not in budgets:
            continue
        taken = sum((line.amount for line in own), ZERO)
        paid = [line.allotted for line in own if line.allotted is not None]
        budget = budgets.get(source)
        over = budget is not None and taken > budget
        found.append(SourceLine(str(source.label), budget, taken, sum(paid, ZERO) if paid else None, over))
    return found


def _forms(plan: Plan, row: InvestmentPlan | None, filled: forms.Form | None) -> dict[str, Any]:
    """The forms that the version's state allows, one of them as it was filled in."""
    if row is None or row.state == PlanState.REPLACED:
        return {}
    found: dict[str, forms.Form] = {}
    if row.state == PlanState.DRAFT:
        found = {"line": LineForm(projects=_projects(plan)), "budget": BudgetForm(auto_id="budget-%s")}
        found["adopt"] = AdoptionForm(auto_id="adopt-%s")
    else:
        found["allot"] = AllotmentForm(lines=_lines(row))
    return {name: filled if type(filled) is type(form) else form for name, form in found.items()}


def _projects(plan: Plan) -> list[tuple[str, str]]:
    return [(row.key, row.name[:60]) for row in investments(plan)]


def _lines(row: InvestmentPlan) -> list[tuple[str, str]]:
    lines = row.lines.select_related("investment").order_by("investment__position", "source")
    return [
        (str(line.pk), f"{line.investment.name[:40]} · {Source(line.source).label} {money(line.amount)}")
        for line in lines
    ]


def _page(request: HttpRequest, plan: Plan, year: int, filled: forms.Form | None = None) -> HttpResponse:
    versions = list(investment_plans(plan).filter(year=year))
    wanted = request.GET.get("version", "")
    row = next((one for one in versions if str(one.version) == wanted), versions[0] if versions else None)
    may_manage = bool(decide(acting(request), MANAGE, plan))
    if not may_manage:  # a draft is the office's own
        versions = [one for one in versions if one.state != PlanState.DRAFT]
        row = row if row in versions else (versions[0] if versions else None)
    context: dict[str, Any] = {
        "plan": plan,
        "year": year,
        "years": range(plan.start_year, plan.end_year + 1),
        "versions": versions,
        "row": row,
        "may_manage": may_manage,
        "crumbs": [Link(_("Investment"), reverse("plan_investment:index")), Link(str(year))],
    }
    if row is not None:
        lines = list(row.lines.select_related("investment").order_by("investment__position", "source"))
        own = YearMoney.objects.filter(year=year, investment__in=[line.investment_id for line in lines])
        planned = dict(own.values_list("investment_id", "planned"))
        context |= {
            "tone": TONES[PlanState(row.state)],
            "lines": [(line, Source(line.source).label, planned.get(line.investment_id)) for line in lines],
            "sources": _sources(row, lines),
            "together": sum((line.amount for line in lines), ZERO),
            "findings": [in_words(problem) for problem in plan_findings(row)],
            "is_draft": row.state == PlanState.DRAFT,
        }
    if may_manage:
        context["forms"] = _forms(plan, row, filled)
    return render(request, "plan_investment/year.html", context, status=422 if filled is not None else 200)


@require_safe
def year_plan(request: HttpRequest, year: int) -> HttpResponse:
    """A version of the year's plan, the last by default."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    require(acting(request), READ)
    if not plan.start_year <= year <= plan.end_year:
        raise Http404
    return _page(request, plan, year)


def _draft(plan: Plan, year: int, _request: HttpRequest, by: Actor) -> forms.Form | None:
    draft_investment_plan(plan, year, by=by)
    return None


def _line(plan: Plan, year: int, request: HttpRequest, by: Actor) -> forms.Form | None:
    def write(said: dict[str, Any]) -> None:
        project = investment(plan, said["project"])
        set_plan_line(investment_plan(plan, year), project, said["source"], said["amount"], by=by)

    return _written(LineForm(request.POST, projects=_projects(plan)), write)


def _budget(plan: Plan, year: int, request: HttpRequest, by: Actor) -> forms.Form | None:
    def write(said: dict[str, Any]) -> None:
        set_budget(investment_plan(plan, year), said["source"], said["amount"], by=by)

    return _written(BudgetForm(request.POST, auto_id="budget-%s"), write)


def _adopt(plan: Plan, year: int, request: HttpRequest, by: Actor) -> forms.Form | None:
    def write(said: dict[str, Any]) -> None:
        row = investment_plan(plan, year)
        adopt_investment_plan(row, said["number"], said["on"], by=by, reason=said["reason"])

    return _written(AdoptionForm(request.POST, auto_id="adopt-%s"), write)


def _allot(plan: Plan, year: int, request: HttpRequest, by: Actor) -> forms.Form | None:
    row = investment_plan(plan, year)

    def write(said: dict[str, Any]) -> None:
        line = row.lines.select_related("of__plan__region", "investment").get(pk=said["line"])
        allot(line, said["allotted"], by=by)

    return _written(AllotmentForm(request.POST, lines=_lines(row)), write)


ACTIONS: dict[str, Callable[[Plan, int, HttpRequest, Actor], forms.Form | None]] = {
    "draft": _draft,
    "line": _line,
    "budget": _budget,
    "adopt": _adopt,
    "allot": _allot,
}


def _written(form: forms.Form, write: Callable[[dict[str, Any]], None]) -> forms.Form | None:
    """None when it was written, else the form with what is wrong."""
    if not form.is_valid():
        return form
    try:
        write(form.cleaned_data)
    except ProblemError as error:
        if error.status == 403:
            raise
        for problem in error.problems:
            name = problem.where.field if problem.where.field in form.fields else None
            form.add_error(name, in_words(problem))
        return form
    return None


@require_POST
def change_year_plan(request: HttpRequest, year: int, action: str) -> HttpResponse:
    """Draft, write a line or budget, adopt, allot; then back to the year's page."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    by = acting(request)
    require(by, MANAGE, plan)
    if action not in ACTIONS or not plan.start_year <= year <= plan.end_year:
        raise Http404
    refused = ACTIONS[action](plan, year, request, by)
    if refused is not None:
        return _page(request, plan, year, refused)
    return HttpResponseRedirect(reverse("plan_investment:year", args=[year]))
