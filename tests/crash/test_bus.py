"""The bus under kill -9, of every process and between any two steps."""

from __future__ import annotations

from functools import partial

import pytest

from tests.crash.driver_points import POINTS
from tests.crash.place import DEADLINE_SECONDS, Place

COUNT = 300
pytestmark = pytest.mark.engines


def assert_once_and_in_order(place: Place, count: int = COUNT) -> None:
    """Each event has exactly one effect, and each subject's effects stand in their order."""
    effects = place.rows("SELECT subject, number FROM crash_effect ORDER BY id")
    assert sorted(number for _, number in effects) == list(range(count))
    for subject in {subject for subject, _ in effects}:
        of_subject = [number for name, number in effects if name == subject]
        assert of_subject == sorted(of_subject)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_between_two_steps(place: Place, point: str) -> None:
    place.killed("publish", str(COUNT))  # after its commit, before anything is relayed
    place.killed("work", point)
    place.finish(COUNT)
    assert_once_and_in_order(place)


def test_a_worker_killed_again_and_again(place: Place) -> None:
    place.killed("publish", str(COUNT))
    for share in range(1, 4):
        worker = place.start("work")
        place.until(partial(place.has_effects, share * 50), worker)
        worker.kill()
        worker.wait()
    place.finish(COUNT)
    assert_once_and_in_order(place)


def test_a_broker_killed_while_events_are_on_their_way(place: Place) -> None:
    place.killed("publish", str(COUNT))
    worker = place.start("work")
    place.until(lambda: place.count("crash_effect") > 0, worker)
    place.nats.kill()
    place.nats.start()
    place.until(lambda: place.count("crash_effect") >= COUNT and place.is_quiet(), worker)
    worker.terminate()
    assert worker.wait(DEADLINE_SECONDS) == 0
    assert_once_and_in_order(place)


def test_a_broker_and_a_worker_killed_together(place: Place) -> None:
    place.killed("publish", str(COUNT))
    worker = place.start("work")
    place.until(lambda: place.count("kernel_bus_outboxevent", "relayed_at IS NOT NULL") > 0, worker)
    worker.kill()
    place.nats.kill()
    worker.wait()
    place.nats.start()
    place.finish(COUNT)
    assert_once_and_in_order(place)


def test_a_second_worker_takes_over(place: Place) -> None:
    place.killed("publish", str(COUNT))
    first = place.start("work")
    place.until(lambda: place.count("crash_effect") > 0, first)
    second = place.start("work")
    first.kill()
    first.wait()
    place.until(lambda: place.count("crash_effect") >= COUNT and place.is_quiet(), second)
    second.terminate()
    assert second.wait(DEADLINE_SECONDS) == 0
    assert_once_and_in_order(place)
