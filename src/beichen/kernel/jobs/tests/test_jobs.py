"""Jobs at their interface: run once when all is well, again when not, never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from beichen.kernel.jobs import loops, schedule, service
from beichen.kernel.jobs.models import Schedule, WorkerLease
from beichen.kernel.jobs.stopping import stopped_by
from beichen.kernel.jobs.tests import tasks
from beichen.kernel.jobs.worker import ATTEMPTS, LEASE, JobWorker, recover

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    tasks.CALLS.clear()
    return Clock()


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """One schedule, each five minutes, and no other."""
    monkeypatch.setattr(schedule, "_known", {})
    schedule.scheduled("test.tick", "*/5 * * * *")(tasks.tick)


def test_a_task_runs_once(clock: Clock) -> None:
    service.enqueue(tasks.note, "a")
    worker = JobWorker(clock)
    assert worker.tick()
    assert not worker.tick()
    assert tasks.CALLS == ["a"]


def test_a_task_of_a_transaction_that_fails_does_not_exist(clock: Clock) -> None:
    with transaction.atomic():
        service.enqueue(tasks.note, "a")
        transaction.set_rollback(True)
    assert not JobWorker(clock).tick()


def test_a_failing_task_is_tried_again_later_and_then_stays_visible(clock: Clock) -> None:
    service.enqueue(tasks.fail)
    worker = JobWorker(clock)
    assert worker.tick()
    assert not worker.tick(), "it waits"
    for _ in range(ATTEMPTS - 1):
        DBTaskResult.objects.filter(status="READY").update(run_after=clock.now)
        assert worker.tick()
    assert not worker.tick()
    assert tasks.CALLS == ["fail"] * ATTEMPTS
    (failure,) = service.status(clock.now).failures
    assert failure["error"] == "builtins.RuntimeError"
    assert failure["attempts"] == ATTEMPTS


def test_a_task_lost_with_its_worker_runs_elsewhere(clock: Clock) -> None:
    service.enqueue(tasks.note, "a")
    dead = JobWorker(clock)
    dead._beat_at = None
    result = DBTaskResult.objects.get()
    result.claim(dead.id)
    other = JobWorker(clock)
    other.tick()
    assert recover(clock.now) == 0
    assert tasks.CALLS == ["a"], "the worker that never showed life counted as dead"
    service.enqueue(tasks.note, "b")
    DBTaskResult.objects.get(status="READY").claim(other.id)
    assert recover(clock.now) == 0, "its worker lives"
    assert recover(clock.now + LEASE + timedelta(seconds=1)) == 1


@pytest.mark.usefixtures("ticking")
def test_a_schedule_runs_at_its_time_and_missed_runs_become_one(clock: Clock) -> None:
    worker = JobWorker(clock)
    worker.start()
    assert not worker.tick()
    clock.now += timedelta(minutes=5)
    assert worker.tick()
    assert not worker.tick()
    clock.now += timedelta(hours=7)
    assert worker.tick()
    assert not worker.tick()
    assert tasks.CALLS == ["tick", "tick"]
    row = Schedule.objects.get()
    assert row.last_at == clock.now
    assert clock.now < row.next_at <= clock.now + timedelta(minutes=5)


@pytest.mark.usefixtures("ticking")
def test_a_restart_neither_loses_nor_doubles_a_run(clock: Clock) -> None:
    JobWorker(clock).start()
    clock.now += timedelta(minutes=6)
    JobWorker(clock).start()
    assert schedule.enqueue_due(clock.now) == ["test.tick"]
    assert schedule.enqueue_due(clock.now) == []


def test_malformed_and_doubled_schedules_are_refused() -> None:
    with pytest.raises(ValueError, match="no cron expression"):
        schedule.scheduled("x", "every day")
    with pytest.raises(ValueError, match="declared twice"):
        schedule.scheduled("jobs.prune", "1 1 1 1 1")(tasks.tick)


def test_old_tasks_are_forgotten(clock: Clock) -> None:
    service.enqueue(tasks.note, "a")
    JobWorker(clock).tick()
    assert service.prune(clock.now) == 0
    assert service.prune(clock.now + timedelta(days=15)) == 1


def test_a_loop_is_declared_once_and_named_in_words() -> None:
    def run(_stop: object) -> None:
        pass

    assert "registry.courier" in loops.loops()
    with pytest.raises(ValueError, match="lower-case"):
        loops.loop("Not a name")
    with pytest.raises(ValueError, match="twice"):
        loops.loop("registry.courier")(run)


def test_a_worker_in_the_middle_of_a_task_shows_life(clock: Clock) -> None:
    worker = JobWorker(clock)
    worker.beat()
    seen = Event()
    clock.now += LEASE * 2

    class Noticing(JobWorker):
        def beat(self) -> None:
            super().beat()
            seen.set()

    busy = Noticing(clock)
    busy.id = worker.id
    with busy.beating(0.01):
        assert seen.wait(30)
    assert WorkerLease.objects.get(worker=worker.id).seen_at == clock.now


def test_a_task_learns_that_its_worker_stops() -> None:
    stop = Event()
    assert not service.is_stopping()
    with stopped_by(stop):
        assert not service.is_stopping()
        stop.set()
        assert service.is_stopping()
    assert not service.is_stopping()
