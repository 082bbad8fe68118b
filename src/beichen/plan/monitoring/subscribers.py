"""What the room does when others did something: values, targets, measures or corrections changed."""

from __future__ import annotations

from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.plan.models import Plan
from beichen.plan.monitoring.service import follow, plans_measured_by

BY = system("plan.monitoring")


@subscriber("plan.monitoring.values", "data.value.recorded")
def follow_values(event: Event) -> None:
    """Judge the plans that the recorded indicators measure."""
    for plan in plans_measured_by(event.data["indicators"]):
        follow(plan, event.type, by=BY)


@subscriber("plan.monitoring.facts", "plan.facts.imported", "plan.fact.corrected", "plan.measure.loaded")
def follow_facts(event: Event) -> None:
    """Judge the plan whose facts, corrections or measures are others now."""
    plan = Plan.objects.select_related("region").filter(key=event.data["plan"]).first()
    if plan is not None:
        follow(plan, event.type, by=BY)
