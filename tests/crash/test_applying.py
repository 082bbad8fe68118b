"""A house killed between submit and receipt: no application is lost or doubled, no file left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.applying import COUNT, POINTS
from tests.crash.place import Place

DRIVER = "tests.crash.applying"
pytestmark = pytest.mark.engines


@pytest.mark.parametrize("point", list(POINTS))
def test_a_house_killed_between_submit_and_receipt(place: Place, tmp_path: Path, point: str) -> None:
    place.done("build", driver=DRIVER)
    file = tmp_path / "receipts"
    place.killed("send", str(file), point, driver=DRIVER)
    told = file.read_text(encoding="utf-8").splitlines()
    assert 0 < len(told) < COUNT
    whole = "draft_id IS NOT NULL"
    drafts, sent = place.count("fronts_services_draft"), place.count("fronts_services_submission")
    assert drafts + sent == COUNT
    assert place.count("fronts_services_affair") == sent
    assert place.count("fronts_services_upload", whole) == drafts
    place.done("send", str(file), driver=DRIVER)  # the applicants do not know, and press again
    again = file.read_text(encoding="utf-8").splitlines()[len(told) :]
    assert again[: len(told)] == told, "who had a receipt gets the same one"
    assert len({line.split()[1] for line in again}) == COUNT
    assert place.count("fronts_services_draft") == 0
    assert place.count("fronts_services_submission") == place.count("fronts_services_affair") == COUNT
    assert place.count("fronts_services_upload", "submission_id IS NOT NULL") == COUNT
    assert place.count("platforms_ledger_entry", "kind = 'services.application'") == COUNT
