"""Affairs under kill -9: what was acknowledged is there, nothing is doubled, state and rows agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.place import Place

DRIVER, COUNT = "tests.crash.affairs", 12
pytestmark = pytest.mark.engines


def assert_whole(place: Place) -> None:
    """Every affair has as many events as its version says, all numbered, and each is on the bus once."""
    streams = place.rows(
        "SELECT a.version, count(e.id), max(e.number) FROM fronts_services_affair a "
        "JOIN fronts_services_affairevent e ON e.affair_id = a.id GROUP BY a.id, a.version"
    )
    assert streams
    assert all(version == count == last for version, count, last in streams)
    events = place.count("fronts_services_affairevent")
    told = "type LIKE 'services.affair.%' AND type <> 'services.affair.notified'"
    assert place.count("kernel_bus_outboxevent", told) == events


@pytest.mark.parametrize("point", ["everything written, not committed", "committed, not answered"])
def test_a_house_killed_while_applications_come_in(place: Place, tmp_path: Path, point: str) -> None:
    place.done("build", driver=DRIVER)
    file = tmp_path / "acknowledged"
    place.killed("start", str(file), point, driver=DRIVER)
    told = file.read_text(encoding="utf-8").splitlines()
    assert 0 < len(told) < COUNT
    place.done("start", str(file), driver=DRIVER)  # the clerk does not know, and sends everything again
    again = file.read_text(encoding="utf-8").splitlines()[len(told) :]
    assert again[: len(told)] == told
    assert place.count("fronts_services_affair") == place.count("fronts_services_task") == COUNT
    assert_whole(place)


@pytest.mark.parametrize(
    "point", ["put together, not written", "in the middle of what is written", "acted and committed"]
)
def test_a_house_killed_between_an_act_and_the_next_step(place: Place, tmp_path: Path, point: str) -> None:
    place.done("build", driver=DRIVER)
    place.done("start", str(tmp_path / "acknowledged"), driver=DRIVER)
    place.killed("check", point, driver=DRIVER)
    assert 0 < place.count("fronts_services_task", "step = 'check' AND standing = 'done'") < COUNT
    place.done("check", driver=DRIVER)
    assert place.count("fronts_services_affairevent", "name = 'completed'") == COUNT
    assert place.count("fronts_services_task", "step = 'review'") == 2 * COUNT
    assert_whole(place)


def test_a_timer_that_died_fires_after_the_restart_and_once(place: Place, tmp_path: Path) -> None:
    place.done("build", driver=DRIVER)
    place.done("start", str(tmp_path / "acknowledged"), driver=DRIVER)
    place.done("check", driver=DRIVER)
    place.killed("tick", "fired, not committed", driver=DRIVER)
    assert 0 < place.count("fronts_services_affairevent", "name = 'timer-fired'") < COUNT
    place.done("tick", driver=DRIVER)
    place.done("tick", driver=DRIVER)
    assert place.count("fronts_services_affairevent", "name = 'timer-fired'") == COUNT
    assert place.count("fronts_services_task", "step = 'sign'") == COUNT
    assert_whole(place)
