"""What the room does by the clock: run models whose time has come, judge forecasts, forget old runs."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.schedule import scheduled
from beichen.kernel.jobs.service import enqueue
from beichen.platforms.ai.judging import judge_forecasts
from beichen.platforms.ai.running import due, has_run_since, prune, run_model

BY = system("ai.models")


@task()
def run(key: str, asked: str) -> None:
    """Run a model, unless it was since it was asked to."""
    if not has_run_since(key, datetime.fromisoformat(asked)):
        run_model(key, by=BY)


@scheduled("ai.models", "* * * * *")
@task()
def run_due() -> None:
    """Each in a task of its own, so that several workers share them."""
    now = timezone.now()
    for key in due(now):
        enqueue(run, key, now.isoformat())


@scheduled("ai.judge", "23 * * * *")
@task()
def judge() -> None:
    """Compare forecasts with what came."""
    judge_forecasts(by=BY)


@scheduled("ai.prune", "41 3 * * *")
@task()
def forget() -> None:
    """Forget old runs."""
    prune(timezone.now())
