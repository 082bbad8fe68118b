"""A house killed between an objection and its receipt: none is lost or doubled, the notice waits for all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.objecting_points import COUNT, POINTS
from tests.crash.place import Place

DRIVER = "tests.crash.objecting"
TABLE = "fronts_services_objection"
pytestmark = pytest.mark.engines


def assert_whole(place: Place) -> None:
    """Each objection that is there stands in the affair's trail and in the audit."""
    filed = place.count(TABLE)
    assert place.count("fronts_services_affairevent", "name = 'objected'") == filed
    assert place.count("kernel_audit_record", "action = 'services.objection.send'") == filed


@pytest.mark.parametrize("point", POINTS)
def test_a_house_killed_between_an_objection_and_its_receipt(
    place: Place, tmp_path: Path, point: str
) -> None:
    place.done("build", driver=DRIVER)
    receipts = tmp_path / "receipts"
    place.killed("file", str(receipts), point, driver=DRIVER)
    told = receipts.read_text(encoding="utf-8").splitlines()
    assert 0 < len(told) < COUNT
    assert len(told) <= place.count(TABLE) <= len(told) + 1
    assert_whole(place)
    place.done("file", str(receipts), driver=DRIVER)  # they do not know, and press again
    again = receipts.read_text(encoding="utf-8").splitlines()[len(told) :]
    assert again[: len(told)] == told, "who had a receipt gets the same one"
    assert place.count(TABLE) == len(again) == COUNT
    assert_whole(place)
    place.done("end", driver=DRIVER)
    assert place.count("fronts_services_affair", "status = 'running'") == 1, "the notice waits"
    assert place.count("fronts_services_timer", "held_at IS NOT NULL AND closed_at IS NULL") == 1
