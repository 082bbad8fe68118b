"""What the room does when others did something: a plan that was read anew has its duties opened anew."""

from __future__ import annotations

from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.plan.duties.service import open_duties
from beichen.plan.models import Plan


@subscriber("plan.duties", "plan.facts.imported", "plan.fact.corrected")
def follow_plan(event: Event) -> None:
    """Open the duties of a plan whose facts changed."""
    plan = Plan.objects.select_related("region").filter(key=event.data["plan"]).first()
    if plan is not None:
        open_duties(plan, by=system("plan.duties"))
