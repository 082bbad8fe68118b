"""The room's scheduled work: reminding every morning, before the offices open."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.plan.duties.service import remind
from beichen.plan.models import Plan


@scheduled("plan.duty.remind", "10 7 * * *")
@task()
def remind_bodies() -> None:
    """Remind every plan's bodies of what is due or overdue."""
    for plan in Plan.objects.select_related("region"):
        remind(plan, by=system("plan.duties"))
