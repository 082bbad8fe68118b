"""The room's background work: long analyses, and forgetting old ones.

Loaded by every process: what analyses stand on is not.
"""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from beichen.kernel.jobs.schedule import scheduled


@task()
def answer_run(code: str) -> None:
    """Answer an analysis that was asked as a job."""
    from beichen.platforms.geo.analysis import service

    service.carry_out(code)


@scheduled("geo.analysis", "41 3 * * *")
@task()
def forget_runs() -> None:
    """Forget analyses of more than thirty days ago."""
    from beichen.platforms.geo.analysis import service

    service.forget_old(timezone.now())
