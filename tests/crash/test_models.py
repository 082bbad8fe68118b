"""A model's run under kill -9 of its worker: made once in the end, and no process of it is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.place import Place

pytestmark = pytest.mark.engines
DRIVER = "tests.crash.models"
POINTS = ("while it runs", "answered, nothing kept", "in the table, no run", "kept, not committed")


def test_a_worker_killed_in_the_middle_of_a_run(place: Place, tmp_path: Path) -> None:
    """At one point after the other; the next worker takes the same task again."""
    for point in POINTS:
        place.killed(point, driver=DRIVER)
        assert place.count("platforms_ai_run") == 0, point
        assert place.count("platforms_ai_prediction") == 0, point
    orphan = Path("/proc") / (tmp_path / "child.pid").read_text(encoding="utf-8")
    place.until(lambda: not orphan.exists() or b"beichen" not in (orphan / "cmdline").read_bytes())
    file = tmp_path / "report"
    place.done(str(file), driver=DRIVER)
    # one run, its three forecasts, and of each try that came so far as the table the same load's rows at most
    outcome, present, rows = file.read_text(encoding="utf-8").split()
    assert (outcome, present) == ("done", "3")
    assert int(rows) % 3 == 0
