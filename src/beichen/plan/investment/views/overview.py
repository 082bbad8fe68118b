"""`/plan/investment`: what lacks money, land or approval first; then stages, money, bodies, districts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide
from beichen.kernel.org.models import Body, Region
from beichen.plan.investment.declared import Source
from beichen.plan.investment.service import (
    GAP_NAMES,
    MANAGE,
    SHORTAGES,
    Gap,
    InvestmentSummary,
    Share,
    adopted_plan,
    investment_plans,
    summary_of,
)
from beichen.plan.investment.stages import BESIDE, WAY
from beichen.plan.investment.views.shown import (
    TONES,
    parts_of,
    plan_of,
    stage_name,
    standings_for,
    year_of,
)
from beichen.plan.pages import in_english, without_plan
from beichen.web.charts import Chart, Series

STAGES = ("", *WAY, *BESIDE)


def _address(**chosen: str) -> str:
    (name, value), *_rest = chosen.items()
    return f"{reverse('plan_investment:projects')}?{name}={value}"


def _gaps(summary: InvestmentSummary) -> list[dict[str, Any]]:
    counts = summary.whole.gaps
    return [
        {
            "gap": gap,
            "name": GAP_NAMES[gap],
            "count": counts[gap],
            "href": _address(gap=gap.value),
            "is_shortage": gap in SHORTAGES,
        }
        for gap in Gap
    ]


def _stages(summary: InvestmentSummary) -> list[dict[str, Any]]:
    counts = summary.whole.stages
    return [
        {
            "stage": stage,
            "name": stage_name(stage),
            "count": counts[stage],
            "tone": TONES[stage],
            "href": _address(stage=stage or "none"),
        }
        for stage in STAGES
        if stage not in BESIDE or counts[stage]
    ]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _money_chart(summary: InvestmentSummary) -> Chart | None:
    years = summary.years
    if not any(one.projects for pair in years.values() for one in pair):
        return None
    return Chart(
        title=_("Investment by year"),
        unit=_("10,000 yuan"),
        first_heading=_("Year"),
        categories=[str(year) for year in years],
        series=[
            Series(
                _("Planned"), [_number(planned.amount) for planned, _done in years.values()], "star", "bar"
            ),
            Series(
                _("Invested"), [_number(done.amount) for _planned, done in years.values()], "accent", "bar"
            ),
        ],
        from_zero=True,
    )


def _part_chart(summary: InvestmentSummary) -> Chart | None:
    shown = [share for share in summary.parts if share.total.amount is not None]
    if not shown:
        return None
    return Chart(
        title=_("Total investment by part of the plan"),
        unit=_("10,000 yuan"),
        first_heading=_("Part"),
        categories=[share.key or "–" for share in shown],
        series=[
            Series(_("Total investment"), [_number(share.total.amount) for share in shown], "accent", "bar")
        ],
        from_zero=True,
    )


def _named(shares: list[Share], names: Mapping[str, str], field: str) -> list[dict[str, Any]]:
    ordered = sorted(shares, key=lambda share: (share.key == "", -share.projects, share.key))
    return [
        {
            "share": share,
            "name": names.get(share.key, share.key) if share.key else _("No data"),
            "href": _address(**{field: share.key or "none"}),
        }
        for share in ordered
    ]


def _labels(model: type[Body] | type[Region], field: str, keys: list[str]) -> dict[str, str]:
    rows = model._default_manager.filter(**{f"{field}__in": keys})
    return {getattr(row, field): (row.name_en or row.name) if in_english() else row.name for row in rows}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The projects of the plan as a whole, in one year."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    year = year_of(request, plan)
    years = range(plan.start_year, plan.end_year + 1)
    summary = summary_of(standings_for(request, plan, year), year, years)
    parts = parts_of(plan)
    context = {
        "plan": plan,
        "year": year,
        "years": list(years),
        "summary": summary,
        "gaps": _gaps(summary),
        "stages": _stages(summary),
        "most": max(summary.whole.stages.values(), default=1),
        "funds": [(Source(key).label, *sums) for key, sums in summary.funds.items()],
        "money_chart": _money_chart(summary),
        "part_chart": _part_chart(summary),
        "parts": _named(summary.parts, {key: f"{key} {title}" for key, title in parts.items()}, "part"),
        "bodies": _named(summary.bodies, _labels(Body, "key", [one.key for one in summary.bodies]), "body"),
        "regions": _named(
            summary.regions, _labels(Region, "code", [one.key for one in summary.regions]), "region"
        ),
        "adopted": adopted_plan(plan, year),
        "plans": list(investment_plans(plan)),
        "may_manage": decide(acting(request), MANAGE, plan),
    }
    return render(request, "plan_investment/overview.html", context)
