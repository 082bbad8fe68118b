"""A house killed between submit and receipt: no application is lost or doubled, no file left behind."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.crash.applying_points import COUNT, POINTS
from tests.crash.moments import moments
from tests.crash.place import DEADLINE_SECONDS, Place

DRIVER = "tests.crash.applying"
KILLS = 5
pytestmark = pytest.mark.engines


@pytest.fixture
def town(place: Place, tmp_path: Path) -> Place:
    """A place with files and keys of its own, and drafts."""
    place.use(BEICHEN_FILES_URL=str(tmp_path / "files"), BEICHEN_LEDGER_KEYS=str(tmp_path / "keys"))
    place.done("build", driver=DRIVER)
    return place


def assert_between(place: Place) -> None:
    """What was not sent is a draft with its file, what was sent an affair."""
    drafts, sent = place.count("fronts_services_draft"), place.count("fronts_services_submission")
    assert drafts + sent == COUNT
    assert place.count("fronts_services_affair") == sent
    assert place.count("fronts_services_upload", "draft_id IS NOT NULL") == drafts
    assert place.count("fronts_services_upload", "submission_id IS NOT NULL") == sent


def assert_sent(place: Place, told: list[str], again: list[str]) -> None:
    """Everything was sent once, and who had a receipt got the same one."""
    known = dict(line.split(maxsplit=1) for line in again)
    assert len(known) == COUNT
    assert len({receipt.split()[0] for receipt in known.values()}) == COUNT
    for line in told:
        draft, receipt = line.split(maxsplit=1)
        assert known[draft] == receipt
    assert place.count("fronts_services_draft") == 0
    assert place.count("fronts_services_submission") == place.count("fronts_services_affair") == COUNT
    assert place.count("fronts_services_upload", "submission_id IS NOT NULL") == COUNT
    assert place.count("platforms_ledger_entry", "kind = 'services.application'") == COUNT
    assert place.count("kernel_audit_record", "action = 'services.apply'") == COUNT
    place.done("verify", driver=DRIVER)


@pytest.mark.parametrize("point", POINTS)
def test_a_house_killed_between_submit_and_receipt(town: Place, tmp_path: Path, point: str) -> None:
    town.done("bring", driver=DRIVER)
    file = tmp_path / "receipts"
    town.killed("send", str(file), point, driver=DRIVER)
    told = file.read_text(encoding="utf-8").splitlines()
    assert 0 < len(told) < COUNT
    assert_between(town)
    town.done("send", str(file), driver=DRIVER)  # the applicants do not know, and press again
    assert_sent(town, told, file.read_text(encoding="utf-8").splitlines()[len(told) :])


@pytest.mark.parametrize("seed", [3, 11])
def test_a_house_killed_at_random_moments_of_uploads_and_submits(
    town: Place, tmp_path: Path, seed: int
) -> None:
    killed = 0
    for moment in moments(seed, KILLS, 40):
        killed += town.start("bring", moment, driver=DRIVER).wait(DEADLINE_SECONDS) == -signal.SIGKILL
        assert town.count("fronts_services_upload") == town.count("kernel_files_storedfile") <= COUNT
    town.done("bring", driver=DRIVER)
    assert town.count("fronts_services_upload") == town.count("kernel_files_storedfile") == COUNT
    file = tmp_path / "receipts"
    file.touch()
    for moment in moments(seed, KILLS, 90):
        killed += (
            town.start("send", str(file), moment, driver=DRIVER).wait(DEADLINE_SECONDS) == -signal.SIGKILL
        )
        assert_between(town)
    told = file.read_text(encoding="utf-8").splitlines()
    town.done("send", str(file), driver=DRIVER)
    assert killed >= KILLS // 2, "most moments come before the end"
    assert_sent(town, told, file.read_text(encoding="utf-8").splitlines()[len(told) :])
