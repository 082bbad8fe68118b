"""Reports and cases under kill -9: what was acknowledged is there, nothing is doubled, streams are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.place import Place

DRIVER, COUNT = "tests.crash.reports", 30
pytestmark = pytest.mark.engines


def acknowledged(file: Path) -> list[str]:
    """What the sender was told, a line each."""
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def assert_whole(place: Place) -> None:
    """Every case has as many events as its version says, all numbered, and each is on the bus once."""
    streams = place.rows(
        "SELECT c.version, count(e.id), max(e.number) FROM hubs_events_case c "
        "JOIN hubs_events_caseevent e ON e.case_id = c.id GROUP BY c.id, c.version"
    )
    assert streams
    assert all(version == count == last for version, count, last in streams)
    events = place.count("hubs_events_caseevent")
    assert place.count("kernel_bus_outboxevent", "type LIKE 'events.case.%'") == events


@pytest.mark.parametrize("point", ["everything written, not committed", "committed, not answered"])
def test_a_house_killed_while_reports_come_in(place: Place, tmp_path: Path, point: str) -> None:
    place.done("build", driver=DRIVER)
    file = tmp_path / "acknowledged"
    place.killed("send", str(file), point, driver=DRIVER)
    told = acknowledged(file)
    assert 0 < len(told) < COUNT
    place.done("send", str(file), driver=DRIVER)  # the sender does not know, and sends everything again
    again = acknowledged(file)[len(told) :]
    assert again[: len(told)] == told
    assert place.count("hubs_events_report") == place.count("hubs_events_case") == COUNT
    assert_whole(place)


@pytest.mark.parametrize("point", ["stream written, not recorded", "acted and committed"])
def test_a_house_killed_while_cases_are_accepted(place: Place, tmp_path: Path, point: str) -> None:
    place.done("build", driver=DRIVER)
    place.done("send", str(tmp_path / "acknowledged"), driver=DRIVER)
    place.killed("accept", point, driver=DRIVER)
    assert 0 < place.count("hubs_events_case", "stage = 'handle'") < COUNT
    place.done("accept", driver=DRIVER)
    assert place.count("hubs_events_case", "stage = 'handle'") == COUNT
    assert place.count("hubs_events_caseevent", "name = 'accepted'") == COUNT
    assert_whole(place)


def test_a_clock_that_died_speaks_after_the_restart_and_once(place: Place, tmp_path: Path) -> None:
    place.done("build", driver=DRIVER)
    place.done("send", str(tmp_path / "acknowledged"), driver=DRIVER)
    place.killed("tick", "clock spoke, not committed", driver=DRIVER)
    assert 0 < place.count("hubs_events_caseevent", "name = 'warned'") < COUNT
    place.done("tick", driver=DRIVER)
    place.done("tick", driver=DRIVER)
    assert place.count("hubs_events_caseevent", "name = 'warned'") == COUNT
    assert_whole(place)
