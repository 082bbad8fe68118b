"""The room's work in the background: timers of affairs, and the table that follows them."""

from __future__ import annotations

from django_tasks import task

from beichen.fronts.services import service
from beichen.fronts.services.facts import record_all
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.jobs.service import is_stopping


@scheduled("services.clocks", "* * * * *")
@task()
def clocks() -> None:
    """Let every timer fire whose time has come; what a stopped worker missed is made up at once."""
    while service.tick() == service.TICK and not is_stopping():
        pass


@scheduled("services.facts", "* * * * *")
@task()
def facts() -> None:
    """Bring the affairs that moved into the table of affairs."""
    record_all()
