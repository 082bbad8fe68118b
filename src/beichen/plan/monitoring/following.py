"""After a change: the statuses at once, the forecasts in the background."""

from __future__ import annotations

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.jobs.service import enqueue
from beichen.plan.models import Plan
from beichen.plan.monitoring.forecasting import stale
from beichen.plan.monitoring.judging import recompute
from beichen.plan.service import standings


def follow(plan: Plan, cause: str, *, by: Actor) -> Changes:
    """Judge a plan anew, and have a job make the forecasts that no longer stand on its values."""
    from beichen.plan.monitoring.jobs import forecast_plan

    changes = recompute(plan, by=by, cause=cause)
    if stale(plan, standings(plan)):
        enqueue(forecast_plan, plan.key)
    return changes
