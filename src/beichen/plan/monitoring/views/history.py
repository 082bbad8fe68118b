"""`/plan/monitoring/history/1`: how an indicator stood, year by year and since it is watched."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from beichen.plan.models import Plan
from beichen.plan.monitoring.service import history
from beichen.plan.monitoring.views.shown import crumbs
from beichen.plan.pages import in_english, named, shown_plan, without_plan
from beichen.plan.service import Standing, Verdict, measure, standing_of, words
from beichen.plan.years.service import part_of
from beichen.web.links import Link
from beichen.web.status import Status


def _by_year(line: Standing) -> list[dict[str, object]]:
    """The judgement that each year's values gave, from the values that are known today."""
    found: list[dict[str, object]] = []
    for point in line.points:
        if point.year < line.goal.start_year:
            continue
        verdict = measure(line.goal, [one for one in line.points if one.year <= point.year])
        row = {"year": point.year, "value": point.value, "status": verdict.status}
        found.append({**row, "words": words(verdict, line.unit)})
    return found


def _records(plan: Plan, line: Standing) -> list[dict[str, object]]:
    rows = history(plan, line.indicator.key, part_of(line))
    return [
        {
            "status": row.status,
            "since": row.since,
            "until": row.until,
            "cause": row.cause,
            "words": words(
                Verdict(Status(row.status), row.reason, row.actual, row.expected, row.year, row.numbers),
                line.unit,
            ),
        }
        for row in rows
    ]


@require_safe
def of_indicator(request: HttpRequest, indicator: int) -> HttpResponse:
    """Each line of the indicator with both histories."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    lines = standing_of(plan, indicator)
    if not lines:
        raise Http404
    name = named(plan, lines[0].indicator.name)
    context = {
        "plan": plan,
        "name": name,
        "lines": [
            {
                "name": line.name_en if in_english() else line.name,
                "unit": line.unit,
                "years": _by_year(line),
                "records": _records(plan, line),
            }
            for line in lines
        ],
        "crumbs": crumbs(
            Link(name, reverse("plan:indicator", args=[indicator])), Link(gettext("History of its status"))
        ),
    }
    return render(request, "plan_monitoring/history.html", context)
