"""The log under kill -9, between any two steps: nothing lost, doubled or forked. A witness outside looks
on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from beichen_proof.bundle import check_bundle
from beichen_proof.client import LogReader
from beichen_proof.note import Verifier
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.witness import Witness
from tests.crash.moments import moments
from tests.crash.place import DEADLINE_SECONDS, Place

DRIVER = "tests.crash.ledger"
POINTS = (
    "places given, not committed",
    "places committed",
    "one tile written",
    "three tiles written",
    "tiles written, nothing signed",
    "signed and committed",
)
pytestmark = pytest.mark.engines


class OfFiles(LogReader):
    """Reads the checkpoint from the database and tiles from their folder, without the product's code."""

    def __init__(self, place: Place, folder: Path) -> None:
        super().__init__("http://city.example/tlog")
        self._place, self._folder = place, folder

    def read(self, path: str, most: int, body: bytes | None = None) -> bytes:
        if path == "pending":
            newest = "SELECT note FROM platforms_ledger_checkpoint ORDER BY size DESC LIMIT 1"
            return str(self._place.rows(newest)[0][0]).encode()
        whole = self._folder / path.partition(".p/")[0]
        file = whole if whole.is_file() else self._folder / path
        if not file.is_file():
            raise RefusedError(Reason.UNREACHABLE, path)
        width = int(path.partition(".p/")[2] or 256)
        return file.read_bytes()[: width * 32]


class Onlooker:
    """A witness that looks at the log now and then."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place, self.folder = place, folder
        self._witness = Witness.make(folder / "witness", "w.example")
        self._reader = OfFiles(place, folder / "tlog-files" / "tlog")

    def look(self) -> int:
        """The size that it cosigned; raises for a log that was rewritten."""
        if not self._place.count("platforms_ledger_checkpoint"):
            return 0
        self._witness.trust(
            Verifier.parse(str(self._place.rows("SELECT key FROM platforms_ledger_log")[0][0]))
        )
        return self._witness.check(self._reader)[0].size


def assert_whole(place: Place, onlooker: Onlooker, count: int) -> None:
    """Each sealed thing has one place, the log holds, and continues what the witness saw."""
    place.done("work", driver=DRIVER)
    place.done("verify", driver=DRIVER)
    rows = place.rows("SELECT position, reference FROM platforms_ledger_entry ORDER BY position")
    assert [row[0] for row in rows] == list(range(count))
    assert len({row[1] for row in rows}) == count
    assert not [row for row in rows if str(row[1]).startswith("never")]
    assert onlooker.look() == count
    assert_proven(place, onlooker.folder / "proofs", {str(row[1]) for row in rows})


def assert_proven(place: Place, folder: Path, references: set[str]) -> None:
    """Entries have proofs that the stand-alone verifier believes: each seventh, and the last."""
    folder.mkdir()
    place.done("prove", str(folder), driver=DRIVER)
    key = place.rows("SELECT key FROM platforms_ledger_log")[0][0]
    policy = Policy.parse(f"log {key}\nquorum none\n")
    sealed = [check_bundle(file.read_bytes(), policy) for file in folder.iterdir()]
    assert {one.reference for one in sealed} <= references
    count = len(references)
    assert sorted(one.index for one in sealed) == sorted({*range(0, count, 7), count - 1})


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_between_two_steps(place: Place, point: str, tmp_path: Path) -> None:
    place.use(BEICHEN_FILES_URL=str(tmp_path / "tlog-files"), BEICHEN_LEDGER_KEYS=str(tmp_path / "keys"))
    onlooker = Onlooker(place, tmp_path)
    place.killed("seal", "130", driver=DRIVER)
    place.killed("work", point, driver=DRIVER)
    onlooker.look()
    place.killed("seal", "200", driver=DRIVER)
    place.killed("work", point, driver=DRIVER)
    onlooker.look()
    assert_whole(place, onlooker, 330)


def test_a_worker_killed_again_and_again_while_others_seal(place: Place, tmp_path: Path) -> None:
    place.use(BEICHEN_FILES_URL=str(tmp_path / "tlog-files"), BEICHEN_LEDGER_KEYS=str(tmp_path / "keys"))
    onlooker = Onlooker(place, tmp_path)
    sealing = [place.start("seal", "300", driver=DRIVER) for _ in range(2)]
    for share in (50, 200, 350):
        place.until(lambda share=share: place.count("platforms_ledger_entry") >= share)  # type: ignore[misc]
        worker = place.start("work", driver=DRIVER)
        placed = place.count("platforms_ledger_entry", "position IS NOT NULL")
        place.until(
            lambda placed=placed, worker=worker: (  # type: ignore[misc]
                worker.poll() is not None
                or place.count("platforms_ledger_entry", "position IS NOT NULL") > placed
            )
        )
        worker.kill()
        worker.wait()
        onlooker.look()
    for process in sealing:
        process.wait()
    assert_whole(place, onlooker, 600)


@pytest.mark.parametrize("seed", [5, 8])
def test_a_worker_killed_at_random_moments(place: Place, tmp_path: Path, seed: int) -> None:
    place.use(BEICHEN_FILES_URL=str(tmp_path / "tlog-files"), BEICHEN_LEDGER_KEYS=str(tmp_path / "keys"))
    onlooker, killed = Onlooker(place, tmp_path), 0
    for number, moment in enumerate(moments(seed, 6, 12)):
        if number % 2 == 0:
            place.killed("seal", "90", driver=DRIVER)
        killed += place.start("work", moment, driver=DRIVER).wait(DEADLINE_SECONDS) == -signal.SIGKILL
        onlooker.look()
    assert killed >= 2
    assert_whole(place, onlooker, 270)
