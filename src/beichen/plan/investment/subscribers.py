"""What the room hears: a plan was imported, so that the register follows its boxes."""

from __future__ import annotations

from beichen.kernel.actor import system
from beichen.kernel.bus.service import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.plan.investment.service import register_projects
from beichen.plan.models import Plan


@subscriber("plan.investment.register", "plan.facts.imported")
def follow_boxes(event: Event) -> None:
    """Register the projects of the plan that was imported."""
    plan = Plan.objects.filter(key=event.data["plan"]).first()
    if plan is not None:
        register_projects(plan, by=system("register"))
