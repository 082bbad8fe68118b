"""Tables under kill -9 between Delta's commit and the receipt: every load is there once, with a receipt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.place import Place

pytestmark = pytest.mark.engines

DRIVER = "tests.crash.tables"
POINTS = (
    "added, no receipt",
    "before the commit",
    "written by key, no receipt",
    "receipt written, not committed",
)


def test_a_house_killed_while_rows_come_in(place: Place, tmp_path: Path) -> None:
    """At one point after the other; the sender does not know, and sends everything again each time."""
    for number, point in enumerate(POINTS, 2):
        place.killed(point, driver=DRIVER)
        assert number - 2 < place.count("platforms_warehouse_receipt") < 20
    file = tmp_path / "report"
    place.done(str(file), driver=DRIVER)
    # ten days in each table, ten receipts, ten versions upon the first empty one, nothing damaged
    assert file.read_text(encoding="utf-8").splitlines() == ["added 10 10 10 10 []", "keyed 11 10 10 10 []"]
