"""The room's work in the background: codes of accounts are forgotten after a day."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.access.service import forget_codes
from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled


@scheduled("citizen.codes", "41 * * * *")
@task()
def forget() -> None:
    """Delete yesterday's codes."""
    forget_codes(by=system("citizen"))
