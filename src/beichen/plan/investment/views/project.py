"""`/plan/investment/projects/KEY`: one project with its stage, money, elements, place and history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.plan.investment.declared import APPROVALS, ApprovalState, ElementKind, Source
from beichen.plan.investment.forms import FORMS, ProjectForm
from beichen.plan.investment.models import Approval, Change, Investment, StageChange
from beichen.plan.investment.service import (
    GAP_NAMES,
    READ,
    SHORTAGES,
    InvestmentStanding,
    investment,
    may_write,
    missing_approvals,
    standings_of,
)
from beichen.plan.investment.views.located import coordinates, drawn_city, middle, sheet_context
from beichen.plan.investment.views.shown import (
    lead_of,
    plan_of,
    region_of,
    stage_badge,
    stage_name,
    year_of,
)
from beichen.plan.models import Plan
from beichen.plan.pages import place_of, without_plan
from beichen.web.charts import Chart, Series
from beichen.web.links import Link


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a project's history."""

    at: Any
    by: str
    title: str
    text: str
    reason: str


def found_project(request: HttpRequest, plan: Plan, key: str) -> Investment:
    """The project, for whom may see it. Raises ProblemError PLN-601, ACC-403."""
    row = investment(plan, key)
    by = acting(request)
    if not may_write(by, row):
        require(by, READ, row)
    return row


def _approvals(one: InvestmentStanding) -> list[dict[str, Any]]:
    by_kind: dict[str, Approval] = {approval.kind: approval for approval in one.approvals}
    return [
        {
            "kind": kind,
            "approval": by_kind.get(key),
            "state": ApprovalState(by_kind[key].state).label if key in by_kind else _("No data"),
        }
        for key, kind in APPROVALS.items()
    ]


def _values(change: Change) -> str:
    lines = []
    for name, value in change.values.items():
        old, new = value if isinstance(value, list) and len(value) == 2 else (None, value)
        lines.append(f"{name}: {_told(old)} → {_told(new)}")
    return "; ".join(lines)


def _told(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(_told(one) for one in value)
    return "–" if value in (None, "") else str(value)


def _history(row: Investment) -> list[Entry]:
    """Everything that was written, the newest first."""
    entries = [
        Entry(
            change.at,
            change.by,
            f"{stage_name(change.before)} → {stage_name(change.stage)} ({change.on})",
            " ".join(
                [change.evidence, *(str(APPROVALS[key].name) for key in change.waived if key in APPROVALS)]
            ).strip(),
            change.reason,
        )
        for change in StageChange.objects.filter(investment=row)
    ]
    titles = {
        "add": _("Added"),
        "change": _("Changed"),
        "funds": _("Fund lines"),
        "year": _("Money of a year"),
        "done": _("Investment done"),
        "approval": _("Approval"),
        "element": _("Element"),
    }
    changes = Change.objects.filter(investment=row).exclude(what="stage")
    entries += [
        Entry(change.at, change.by, titles.get(change.what, change.what), _values(change), change.reason)
        for change in changes
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _chart(plan: Plan, one: InvestmentStanding) -> Chart | None:
    years = sorted({*range(plan.start_year, plan.end_year + 1), *one.years}) if one.years else []
    if not years:
        return None

    def values(name: Literal["planned", "done"]) -> list[float | None]:
        amounts = [one.amount(year, name) for year in years]
        return [None if amount is None else float(amount) for amount in amounts]

    return Chart(
        title=_("Investment by year"),
        unit=_("10,000 yuan"),
        first_heading=_("Year"),
        categories=[str(year) for year in years],
        series=[
            Series(_("Planned"), values("planned"), "star", "bar"),
            Series(_("Invested"), values("done"), "accent", "bar"),
        ],
        from_zero=True,
    )


def _reporting(request: HttpRequest, row: Investment, filled: ProjectForm | None) -> dict[str, Any]:
    """The forms, one of them as it was filled in, and the map on which a place is picked."""
    forms = [
        filled if filled is not None and filled.key == key else form(row=row) for key, form in FORMS.items()
    ]
    drawn, at = drawn_city(request), middle(row)
    context: dict[str, Any] = {"forms": forms, "place_mark": f"{at[0]},{at[1]}" if at else ""}
    return context | (sheet_context(drawn, None) if drawn is not None else {})


def project_context(
    request: HttpRequest, plan: Plan, row: Investment, filled: ProjectForm | None = None
) -> dict[str, Any]:
    """Everything that the page says of a project; ``filled`` is a form that comes back with its errors."""
    (one,) = standings_of([row], year_of(request, plan))
    by = acting(request)
    crumbs = [
        Link(_("Investment"), reverse("plan_investment:index")),
        Link(_("Projects"), reverse("plan_investment:projects")),
    ]
    if row.parent is not None:
        crumbs.append(Link(row.parent.name, reverse("plan_investment:project", args=[row.parent.key])))
    reporting = _reporting(request, row, filled) if may_write(by, row) else {}
    missing = missing_approvals(row)
    return reporting | {
        "plan": plan,
        "row": row,
        "standing": one,
        "crumbs": [*crumbs, Link(row.name)],
        "stage": stage_badge(row.stage),
        "lead": lead_of(row),
        "region": region_of(row),
        "gaps": [(GAP_NAMES[gap], gap in SHORTAGES) for gap in one.gaps],
        "funds": [(Source(line.source).label, line) for line in one.funds],
        "approvals": _approvals(one),
        "missing": missing,
        "missing_names": [APPROVALS[key].name for key in missing],
        "coordinates": coordinates(row),
        "elements": [(ElementKind(element.kind).label, element) for element in one.elements],
        "parts": list(row.parts.all()),
        "plan_lines": list(
            row.plan_lines.filter(of__state="adopted").select_related("of").order_by("of__year", "source")
        ),
        "children": list(row.children.order_by("position")),
        "chart": _chart(plan, one),
        "history": _history(row),
        "place": place_of(row.box, f"projects-{row.key}") if row.kind else "",
        "may_write": may_write(by, row),
    }


@require_safe
def project(request: HttpRequest, key: str) -> HttpResponse:
    """One project."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    row = found_project(request, plan, key)
    return render(request, "plan_investment/project.html", project_context(request, plan, row))
