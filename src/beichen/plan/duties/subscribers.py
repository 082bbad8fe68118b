"""What the room does when others did something: a plan that was read anew has its duties opened anew."""

from __future__ import annotations

from beichen.kernel.actor import system
from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.plan.duties.service import open_duties
from beichen.plan.models import Plan, PlanKind


@subscriber("plan.duties", "plan.facts.imported", "plan.facts.amended", "plan.fact.corrected")
def follow_plan(event: Event) -> None:
    """Open the city's duties anew when its outline's facts changed; other plans have bodies of their own."""
    outlines = Plan.objects.select_related("region").filter(kind=PlanKind.DEVELOPMENT, parent=None)
    plan = outlines.filter(key=event.data["plan"]).first()
    if plan is not None:
        open_duties(plan, by=system("plan.duties"))
