"""The room's scheduled work: the clocks of cases, and the table that follows them."""

from __future__ import annotations

from django_tasks import task

from beichen.hubs.events import service
from beichen.kernel.jobs.schedule import scheduled


@scheduled("events.clocks", "* * * * *")
@task()
def clocks() -> None:
    """Let every clock speak whose time has come; what a stopped worker missed is made up at once."""
    while service.tick() == service.TICK:
        pass


@scheduled("events.facts", "* * * * *")
@task()
def facts() -> None:
    """Bring the cases that moved into the table of cases."""
    service.record_all()
