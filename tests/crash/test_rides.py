"""A house killed while rides are given back, refused, taken again and granted; and many clerks at once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.crash.moments import moments
from tests.crash.place import DEADLINE_SECONDS, Place
from tests.crash.rides_points import COUNT, POINTS, SILENT

DRIVER = "tests.crash.rides"
KILLS, CLERKS, ACTS = 2, 6, 40
ENDS = (0, -signal.SIGKILL)
DECIDED = ("action = 'codes.person.return'", "type = 'codes.return.decided'")
GRANTED = ("action = 'codes.grant.edit'", "type = 'codes.grant.granted'")
pytestmark = pytest.mark.engines


@pytest.fixture
def town(place: Place, tmp_path: Path) -> Place:
    """A place with keys of its own, people who took rides and want them back, and what step comes before."""
    place.use(BEICHEN_CODES_KEYS=str(tmp_path / "keys"))
    place.done("build", driver=DRIVER)
    return place


def written(place: Place, what: tuple[str, str]) -> int:
    """How often it was recorded, which is as often as it was told."""
    records, told = (
        place.count("kernel_audit_record", what[0]),
        place.count("kernel_bus_outboxevent", what[1]),
    )
    assert records == told
    return records


def assert_whole(place: Place, step: str, before: tuple[int, int]) -> int:
    """Every act is whole or was never there: row, counter, record and event. Returns how many were done."""
    decided, granted = written(place, DECIDED) - before[0], written(place, GRANTED) - before[1]
    rounds = place.rows("SELECT sum(round), sum(returned) FROM fronts_codes_counter")[0]
    given = place.count("fronts_codes_return", "state = 'given'")
    assert (int(rounds[0]), int(rounds[1])) == (COUNT + granted, given)
    if step == "grant":
        assert decided == 0
        return granted
    state = {"give": "given", "refuse": "refused", "undo": "undone"}[step]
    assert (place.count("fronts_codes_return", f"state = '{state}'"), granted) == (decided, 0)
    return decided


def prepared(place: Place, step: str, tmp_path: Path) -> tuple[int, int]:
    """What is undone was given back before."""
    if step == "undo":
        place.done("give", str(tmp_path / "given"), driver=DRIVER)
    return written(place, DECIDED), written(place, GRANTED)


def answered(file: Path) -> int:
    """How many acts the clerk knows to be done."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return sum(" COD-" not in line for line in lines)


@pytest.mark.parametrize("step", POINTS)
def test_a_house_killed_in_the_middle_of_an_act(town: Place, tmp_path: Path, step: str) -> None:
    """What was answered was done; of the act that died all or nothing is there; again, all are done once."""
    before, file = prepared(town, step, tmp_path), tmp_path / "answers"
    for point in POINTS[step]:
        told, done = answered(file), assert_whole(town, step, before)
        town.killed(step, str(file), point, driver=DRIVER)
        new = (answered(file) - told, assert_whole(town, step, before) - done)
        assert new == (2, 3 if point == SILENT else 2), point
    for moment in moments(len(step), KILLS, 60):
        assert town.start(step, str(file), moment, driver=DRIVER).wait(DEADLINE_SECONDS) in ENDS
        assert_whole(town, step, before)
    done = assert_whole(town, step, before)
    town.done(step, str(file), driver=DRIVER)
    assert assert_whole(town, step, before) == (COUNT + done if step == "grant" else COUNT)
    town.done("verify", driver=DRIVER)


def test_many_clerks_gates_and_people_at_once(town: Place) -> None:
    """Nothing is lost or doubled, nobody waits in a ring, the chain has no gap."""
    clerks = [town.start("clerk", str(seed), str(ACTS), driver=DRIVER) for seed in range(CLERKS)]
    ends = [one.wait(DEADLINE_SECONDS) for one in clerks]
    assert ends == [0] * CLERKS, town.said()
    town.done("verify", driver=DRIVER)
    assert written(town, DECIDED) > 0
    assert written(town, GRANTED) > COUNT
    left = "SELECT count(*) FROM fronts_codes_counter WHERE left != start - taken + returned"
    if not town.database.startswith("sqlite"):
        left = left.replace("left !=", '"left" !=')
    assert town.rows(left) == [(0,)]
