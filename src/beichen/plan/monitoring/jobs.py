"""The room's background work: forecasts, and a nightly look at every plan in case an event was lost."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.plan.models import Plan
from beichen.plan.monitoring.service import follow, make_forecasts

BY = system("plan.monitoring")


@task()
def forecast_plan(key: str) -> int:
    """Compute the forecasts of a plan that are not current."""
    plan = Plan.objects.select_related("region").filter(key=key).first()
    return 0 if plan is None else make_forecasts(plan, by=BY)


@scheduled("plan.monitoring.follow", "23 4 * * *")
@task()
def follow_all() -> None:
    """Judge every plan anew: a year that ends changes what is missed without any event."""
    for plan in Plan.objects.select_related("region"):
        follow(plan, "schedule", by=BY)
