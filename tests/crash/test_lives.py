"""Affairs killed at random moments, again and again: in the end as in a house that was never killed."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beichen.fronts.services.tests.till import SECRET, Till
from tests.crash.moments import moments
from tests.crash.place import DEADLINE_SECONDS, Databases, Place
from tests.crash.test_affairs import assert_whole

DRIVER = "tests.crash.lives"
KILLS = 12
pytestmark = pytest.mark.engines


class PaidAtOnce(Till):
    """A gateway at which whoever opens an order pays it."""

    def _answer(self, method: str, path: str, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = super()._answer(method, path, told)
        for code, order in self.orders.items():
            if order["state"] == "waiting":
                self.pay(code)
        return answer


@pytest.fixture(scope="module")
def till() -> Iterator[PaidAtOnce]:
    """One that outlives the houses."""
    opened = PaidAtOnce()
    yield opened
    opened.close()


def settle_in(place: Place, folder: Path, till: Till) -> None:
    """Files, keys and a gateway for the place, and a town."""
    place.use(
        BEICHEN_FILES_URL=str(folder / "files"),
        BEICHEN_LEDGER_KEYS=str(folder / "keys"),
        BEICHEN_PAYMENT_URL=till.url,
        BEICHEN_PAYMENT_SECRET=SECRET,
    )
    place.done("build", driver=DRIVER)


def report_of(place: Place, folder: Path) -> dict[str, Any]:
    """What the house holds."""
    place.done("report", str(folder / "report"), driver=DRIVER)
    found: dict[str, Any] = json.loads((folder / "report").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def untroubled(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, till: PaidAtOnce
) -> Iterator[tuple[dict[str, Any], int]]:
    """What a house holds that nobody killed, and how many statements that took."""
    folder, database = tmp_path_factory.mktemp("untroubled"), databases.fresh()
    place = Place(folder, database)
    settle_in(place, folder, till)
    place.done("live", f"@{folder / 'statements'}", driver=DRIVER)
    yield report_of(place, folder), int((folder / "statements").read_text())
    place.close()
    databases.drop(database)


@pytest.mark.parametrize("seed", [7, 2025])
def test_a_house_killed_at_random_moments_ends_as_one_that_never_was(
    place: Place, tmp_path: Path, till: PaidAtOnce, untroubled: tuple[dict[str, Any], int], seed: int
) -> None:
    expected, statements = untroubled
    assert expected["problems"] == []
    assert len(expected["certificates"]) == len(expected["payments"]) == len(expected["affairs"]) // 2
    assert all(affair["standing"][0] == "done" for affair in expected["affairs"].values())
    settle_in(place, tmp_path, till)
    file, told, killed = tmp_path / "acknowledged", dict[str, str](), 0
    for moment in moments(seed, KILLS, statements // 3):
        ended = place.start("live", str(file), moment, driver=DRIVER).wait(DEADLINE_SECONDS)
        assert ended in (0, -signal.SIGKILL), place.said()
        killed += ended != 0
        if place.count("fronts_services_affair"):
            assert_whole(place)
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            key, code = line.split()
            assert told.setdefault(key, code) == code, "who was acknowledged keeps the same affair"
    assert killed >= KILLS // 2
    place.done("live", str(file), driver=DRIVER)
    found = report_of(place, tmp_path)
    for part in expected:
        assert found[part] == expected[part], part
