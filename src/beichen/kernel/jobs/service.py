"""What can be done with jobs: enqueue one, and see how they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from beichen.kernel.jobs.aside import AsideError, run_aside
from beichen.kernel.jobs.models import Schedule, WorkerLease
from beichen.kernel.jobs.stopping import is_stopping
from beichen.kernel.jobs.worker import LEASE

__all__ = ["AsideError", "JobStatus", "enqueue", "is_stopping", "prune", "run_aside", "status"]

KEEP = timedelta(days=14)


def enqueue(task: Task[Any, Any], *arguments: Any, after: datetime | None = None, **named: Any) -> str:
    """Run ``task`` in the background, at least once; returns its identifier.

    Inside a transaction the task exists if and only if it commits.
    """
    chosen = task.using(run_after=after) if after is not None else task
    return str(chosen.enqueue(*arguments, **named).id)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How the jobs are: counts by status, schedules with their next run, workers, last failures."""

    tasks: dict[str, int]
    schedules: list[dict[str, Any]]
    workers: list[str]
    failures: list[dict[str, Any]]


def status(now: datetime | None = None) -> JobStatus:
    """How the jobs are now."""
    moment = now or timezone.now()
    counts = DBTaskResult.objects.order_by().values_list("status").annotate(number=Count("id"))
    failed = DBTaskResult.objects.failed().order_by("-finished_at")[:20]
    return JobStatus(
        tasks={state.lower(): number for state, number in counts},
        schedules=[
            {"name": row.name, "cron": row.cron, "next_at": row.next_at, "last_at": row.last_at}
            for row in Schedule.objects.all()
        ],
        workers=list(
            WorkerLease.objects.filter(seen_at__gte=moment - LEASE).values_list("worker", flat=True)
        ),
        failures=[
            {
                "id": str(result.id),
                "task": result.task_path,
                "finished_at": result.finished_at,
                "error": result.exception_class_path,
                "attempts": len(result.worker_ids),
            }
            for result in failed
        ],
    )


def prune(now: datetime | None = None) -> int:
    """Forget tasks that finished more than two weeks ago; returns how many."""
    before = (now or timezone.now()) - KEEP
    finished = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    number, _rows = DBTaskResult.objects.filter(status__in=finished, finished_at__lt=before).delete()
    return number
