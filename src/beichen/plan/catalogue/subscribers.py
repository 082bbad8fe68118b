"""What the room does when others did something: findings follow the outline that they are held against."""

from __future__ import annotations

from beichen.kernel.bus.event import Event
from beichen.kernel.bus.subscribers import subscriber
from beichen.kernel.jobs.service import enqueue
from beichen.plan.catalogue.tasks import check_all
from beichen.plan.service import current_plan


@subscriber("plan.catalogue", "plan.facts.amended", "plan.fact.corrected")
def follow_outline(event: Event) -> None:
    """Have all plans checked again when facts of the outline changed."""
    outline = current_plan()
    if outline is not None and event.data["plan"] == outline.key:
        enqueue(check_all)
