"""A file that was brought under kill -9 of its worker: neither lost nor doubled, whole in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.place import Place

pytestmark = pytest.mark.engines
DRIVER = "tests.crash.uploads"
POINTS = ("begun", "in the middle of the file", "examined, nothing kept", "kept, no revision")


def test_a_worker_killed_in_the_middle_of_a_file(place: Place, tmp_path: Path) -> None:
    """At one point after the other; the next worker takes the same task again."""
    for point in POINTS:
        place.killed(point, driver=DRIVER)
        assert place.count("platforms_geo_revision") == 0, point
        assert place.count("platforms_geo_layer") == 0, point
    file = tmp_path / "report"
    place.done(str(file), driver=DRIVER)
    assert file.read_text(encoding="utf-8") == "done 20000 1 20000 20000"


@pytest.mark.parametrize("point", ["shown, not committed", "committed, the job is not over"])
def test_a_worker_killed_when_the_features_are_kept(place: Place, tmp_path: Path, point: str) -> None:
    place.killed(point, driver=DRIVER)
    file = tmp_path / "report"
    place.done(str(file), driver=DRIVER)
    assert file.read_text(encoding="utf-8") == "done 20000 1 20000 20000"
