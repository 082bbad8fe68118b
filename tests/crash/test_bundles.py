"""A house killed while bundles come in and go on: one form, its affairs, one answer, none lost or doubled."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.crash.bundles_points import COUNT, FOLLOWING, SENDING, STARTED
from tests.crash.moments import moments
from tests.crash.place import DEADLINE_SECONDS, Place

DRIVER = "tests.crash.bundles"
KILLS = 5
pytestmark = pytest.mark.engines


@pytest.fixture
def town(place: Place, tmp_path: Path) -> Place:
    """A place with files and keys of its own, and drafts that lack nothing."""
    place.use(BEICHEN_FILES_URL=str(tmp_path / "files"), BEICHEN_LEDGER_KEYS=str(tmp_path / "keys"))
    place.done("build", driver=DRIVER)
    return place


def assert_between(place: Place) -> None:
    """What was not sent is a draft with its file; what was sent is a run with all of its parts."""
    drafts, sent = place.count("fronts_services_draft"), place.count("fronts_services_submission")
    assert drafts + sent == COUNT
    assert place.count("fronts_services_bundlerun") == sent
    assert place.count("fronts_services_bundlepart") == (STARTED + 1) * sent
    assert place.count("fronts_services_bundlepart", "state = 'running'") == STARTED * sent
    assert place.count("fronts_services_affair") == place.count("fronts_services_task") == STARTED * sent
    assert place.count("fronts_services_upload", "draft_id IS NOT NULL") == drafts
    assert place.count("fronts_services_upload", "submission_id IS NOT NULL") == sent


def assert_sent(place: Place, told: list[str], again: list[str]) -> None:
    """Every bundle was sent once, and who had a receipt got the same one."""
    known = dict(line.split(maxsplit=1) for line in again)
    assert len({receipt.split()[0] for receipt in known.values()}) == len(known) == COUNT
    for line in told:
        draft, receipt = line.split(maxsplit=1)
        assert known[draft] == receipt
    assert place.count("fronts_services_draft") == 0
    assert_between(place)
    assert place.count("platforms_ledger_entry", "kind = 'services.application'") == COUNT
    assert place.count("kernel_audit_record", "action = 'services.bundle.apply'") == COUNT
    assert place.count("kernel_bus_outboxevent", "type = 'services.bundle.opened'") == COUNT
    place.done("verify", driver=DRIVER)


def assert_answered(place: Place) -> None:
    """Every part has its one affair, every bundle its one answer."""
    parts = (STARTED + 1) * COUNT
    assert place.count("fronts_services_bundlepart", "state = 'done'") == parts
    distinct = "SELECT count(DISTINCT affair_id) FROM fronts_services_bundlepart"
    assert place.rows(distinct) == [(parts,)]
    assert place.count("fronts_services_affair") == parts
    assert place.count("fronts_services_bundlerun", "is_good AND closed_at IS NOT NULL") == COUNT
    assert place.count("kernel_bus_outboxevent", "type = 'services.bundle.closed'") == COUNT


def send_all(place: Place, file: Path) -> list[str]:
    """Send everything and press again for what was sent; gives the receipts of this time."""
    before = len(file.read_text(encoding="utf-8").splitlines()) if file.exists() else 0
    place.done("send", str(file), driver=DRIVER)
    return file.read_text(encoding="utf-8").splitlines()[before:]


@pytest.mark.parametrize("point", SENDING)
def test_a_house_killed_between_submit_and_receipt_of_a_bundle(
    town: Place, tmp_path: Path, point: str
) -> None:
    file = tmp_path / "receipts"
    town.killed("send", str(file), point, driver=DRIVER)
    told = file.read_text(encoding="utf-8").splitlines()
    assert 0 < len(told) < COUNT
    assert_between(town)
    assert_sent(town, told, send_all(town, file))


@pytest.mark.parametrize("seed", [5, 23])
def test_a_house_killed_at_random_moments_of_a_bundle(town: Place, tmp_path: Path, seed: int) -> None:
    file, killed = tmp_path / "receipts", 0
    file.touch()
    for moment in moments(seed, KILLS, 150):
        killed += (
            town.start("send", str(file), moment, driver=DRIVER).wait(DEADLINE_SECONDS) == -signal.SIGKILL
        )
        assert_between(town)
    told = file.read_text(encoding="utf-8").splitlines()
    assert killed >= KILLS // 2, "most moments come before the end"
    assert_sent(town, told, send_all(town, file))


@pytest.mark.parametrize("point", FOLLOWING)
def test_a_house_killed_while_a_bundle_goes_on_gives_one_answer(
    town: Place, tmp_path: Path, point: str
) -> None:
    send_all(town, tmp_path / "receipts")
    town.done("decide", driver=DRIVER)
    if point == "the answer given, not committed":
        town.done("follow", driver=DRIVER)
        town.done("decide", driver=DRIVER)
    town.killed("follow", point, driver=DRIVER)
    town.done("finish", driver=DRIVER)
    assert_answered(town)
