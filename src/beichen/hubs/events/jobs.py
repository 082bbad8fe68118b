"""The room's work in the background: clocks of cases, the table that follows them, files of reports."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from beichen.hubs.events import importing, service
from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.jobs.service import is_stopping


@scheduled("events.clocks", "* * * * *")
@task()
def clocks() -> None:
    """Let every clock speak whose time has come; what a stopped worker missed is made up at once."""
    while service.tick() == service.TICK and not is_stopping():
        pass


@scheduled("events.facts", "* * * * *")
@task()
def facts() -> None:
    """Bring the cases that moved into the table of cases."""
    service.record_all()


@task()
def take_rows(key: int) -> None:
    """Take in the next rows of a file of reports."""
    importing.take_rows(key)


@task()
def learn_kinds() -> None:
    """Learn the kinds of cases from the closed ones, and measure how well."""
    by = system("events")
    service.learn(today=timezone.localdate())
    service.measure(by=by)


@scheduled("events.sheets", "*/5 * * * *")
@task()
def sheets() -> None:
    """Take up files of reports that stand still, and forget old ones."""
    importing.sweep_imports(by=system("events"))
