"""The room's own scheduled work."""

from __future__ import annotations

from django_tasks import task

from beichen.kernel.jobs import service
from beichen.kernel.jobs.schedule import scheduled


@scheduled("jobs.prune", "47 3 * * *")
@task()
def prune() -> None:
    """Forget tasks that finished long ago."""
    service.prune()
