"""The worker: runs tasks, tries failed ones again, takes over those of workers that died.

A task may run more than once (its worker was killed after the work and before the note of it), so
tasks are written to be repeated. Time is given by the caller in tests.
"""

from __future__ import annotations

import logging
import math
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any, TypeAlias

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from beichen.kernel.jobs import schedule
from beichen.kernel.jobs.models import WorkerLease
from beichen.kernel.jobs.stopping import stopped_by

logger = logging.getLogger(__name__)

AnyResult: TypeAlias = "DBTaskResult[Any, Any]"

ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=10)
FACTOR = 6.0
LEASE = timedelta(seconds=60)
HEARTBEAT = timedelta(seconds=15)
IDLE_SECONDS = 1.0


def delay_after(attempts: int) -> timedelta:
    """How long a task waits after its ``attempts``-th failure: 10 s, 1 min, 6 min, 36 min."""
    return FIRST_DELAY * math.pow(FACTOR, attempts - 1)


class JobWorker:
    """One worker. ``tick`` does everything that is due and at most one task."""

    def __init__(self, now: Callable[[], datetime] = timezone.now) -> None:
        self.id = f"{socket.gethostname()[:30]}-{os.getpid()}-{get_random_string(8)}"
        self._now = now
        self._beat_at: datetime | None = None
        self._runner = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=self.id,
            excluded_queue_names=[],
        )

    def start(self) -> None:
        """Bring the kept schedules up to date."""
        schedule.synchronise(self._now())

    def beat(self) -> None:
        """Show life: the tasks of a worker that is not seen for ``LEASE`` are given to others."""
        WorkerLease.objects.update_or_create(worker=self.id, defaults={"seen_at": self._now()})

    def tick(self) -> bool:
        """Beat, recover, enqueue what is due, run one task; returns whether there was a task."""
        now = self._now()
        if self._beat_at is None or now - self._beat_at >= HEARTBEAT:
            self.beat()
            self._beat_at = now
            recover(now)
        schedule.enqueue_due(now)
        result = self._claim()
        if result is None:
            return False
        self._runner.run_task(result)
        retry_later(result, now)
        return True

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set; a database that is away is waited for."""
        self.start()
        with self.beating(), stopped_by(stop):
            while not stop.is_set():
                close_old_connections()
                if not self.tick():
                    stop.wait(IDLE_SECONDS)
        WorkerLease.objects.filter(worker=self.id).delete()

    @contextmanager
    def beating(self, seconds: float = HEARTBEAT.total_seconds()) -> Iterator[None]:
        """Show life from a thread of its own: a task of minutes must not look like a dead worker's."""
        over = Event()

        def beat() -> None:
            while not over.wait(seconds):
                try:
                    self.beat()
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("the worker cannot show life: %s", error)
                finally:
                    connection.close()

        thread = Thread(target=beat, name="jobs.beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _claim(self) -> AnyResult | None:
        with transaction.atomic():
            ready = DBTaskResult.objects.ready().filter(backend_name="default")
            result: AnyResult | None = ready.get_locked()
            if result is not None:
                result.claim(self.id)
            return result


def retry_later(result: AnyResult, now: datetime) -> None:
    """Give a failed task its next attempt, until there are none left; its error stays readable."""
    attempts = len(result.worker_ids)
    if result.status != TaskResultStatus.FAILED:
        return
    logger.warning("%s failed at attempt %d of %d", result.task_path, attempts, ATTEMPTS)
    if attempts < ATTEMPTS:
        result.status = TaskResultStatus.READY
        result.run_after = now + delay_after(attempts)
        result.save(update_fields=["status", "run_after"])


def recover(now: datetime) -> int:
    """Make the tasks of dead workers ready again; returns how many there were."""
    WorkerLease.objects.filter(seen_at__lt=now - LEASE).delete()
    alive = set(WorkerLease.objects.values_list("worker", flat=True))
    with transaction.atomic():
        running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
        lost = [result for result in running if not result.worker_ids or result.worker_ids[-1] not in alive]
        for result in lost:
            logger.warning("%s was lost with its worker; made ready again", result.task_path)
            over = len(result.worker_ids) >= ATTEMPTS
            result.status = TaskResultStatus.FAILED if over else TaskResultStatus.READY
            result.save(update_fields=["status"])
    return len(lost)
