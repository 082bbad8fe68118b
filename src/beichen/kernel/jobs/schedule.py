"""Schedules: a task that runs at the times of a cron expression, in the city's time zone.

A room says in its `jobs.py`:

    @scheduled("bus.prune", "17 3 * * *")
    @task()
    def prune() -> None: ...

The next run is kept in the database and moves on in the transaction that enqueues the run: a restart
neither loses a run nor doubles it. Runs missed while nothing worked are made up once, not many times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from django.conf import settings
from django.db import transaction
from django_tasks.base import Task

from beichen.kernel.jobs.models import Schedule

_known: dict[str, Entry] = {}
AnyTask = Task[Any, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A schedule as a room declares it."""

    name: str
    cron: str
    task: AnyTask


def scheduled(name: str, cron: str) -> Callable[[AnyTask], AnyTask]:
    """Register a task (without arguments) to run at ``cron``.

    Raises ValueError when the expression is malformed or the name is taken by another task.
    """
    try:
        CronSim(cron, datetime(2000, 1, 1, tzinfo=ZoneInfo("UTC")))
    except CronSimError as error:
        raise ValueError(f"schedule {name}: {cron!r} is no cron expression: {error}") from None

    def register(task: AnyTask) -> AnyTask:
        entry = Entry(name, cron, task)
        if _known.setdefault(name, entry) != entry:
            raise ValueError(f"schedule {name} is declared twice")
        return task

    return register


def schedules() -> Mapping[str, Entry]:
    """The schedules of the rooms imported so far."""
    return dict(_known)


def next_run(cron: str, after: datetime) -> datetime:
    """The first time of ``cron``, in the city's zone, that is later than ``after``."""
    found: datetime = next(CronSim(cron, after.astimezone(ZoneInfo(settings.TIME_ZONE))))
    return found


@transaction.atomic
def synchronise(now: datetime) -> None:
    """Make the kept schedules those that are declared; a changed expression counts from ``now``."""
    kept = {row.name: row for row in Schedule.objects.select_for_update()}
    for name, entry in _known.items():
        row = kept.pop(name, None)
        if row is None or row.cron != entry.cron:
            values = {"cron": entry.cron, "next_at": next_run(entry.cron, now)}
            Schedule.objects.update_or_create(name=name, defaults=values)
    Schedule.objects.filter(name__in=kept).delete()


def enqueue_due(now: datetime) -> list[str]:
    """Enqueue each schedule whose time has come, once, and move it on; returns their names."""
    done = []
    with transaction.atomic():
        due = Schedule.objects.select_for_update(skip_locked=True).filter(next_at__lte=now)
        for row in due:
            entry = _known.get(row.name)
            if entry is None:
                continue  # another version of Beichen, still running, declares it
            entry.task.enqueue()
            row.last_at, row.next_at = now, next_run(row.cron, now)
            row.save(update_fields=["last_at", "next_at"])
            done.append(row.name)
    return done
