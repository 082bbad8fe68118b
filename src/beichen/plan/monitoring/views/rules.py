"""`/plan/monitoring/rules`: how statuses, warnings and forecasts come about, with their parameters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from beichen.plan.monitoring import inputs, pace
from beichen.plan.monitoring.views.shown import crumbs, pages_of
from beichen.plan.monitoring.words import MODELS
from beichen.plan.pages import shown_plan, without_plan
from beichen.plan.service import TOLERANCE
from beichen.web.links import Link


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The published rules; the numbers on the page are those that the computation uses."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    context = {
        "plan": plan,
        "tolerance": TOLERANCE * 100,
        "about": TOLERANCE * 200,
        "least_paces": pace.LEAST,
        "least_years": inputs.LEAST,
        "long_years": inputs.LONG,
        "level": inputs.LEVEL,
        "models": MODELS,
        "pages": pages_of(request, plan, plan.start_year),
        "crumbs": crumbs(Link(gettext("Rules"))),
    }
    return render(request, "plan_monitoring/rules.html", context)
