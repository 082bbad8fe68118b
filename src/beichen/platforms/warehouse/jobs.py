"""The room's work in the background."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.platforms.warehouse import service


@scheduled("warehouse.maintain", "11 2 * * *")
@task()
def maintain() -> None:
    """Forget old rows, join small files, remove files that nothing reads any more."""
    service.maintain(by=system("warehouse"))


@scheduled("warehouse.pull", "* * * * *")
@task()
def pull() -> None:
    """Read the sources whose time has come."""
    service.pull_due(by=system("warehouse"))
