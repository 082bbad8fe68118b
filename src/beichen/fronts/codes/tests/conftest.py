"""Keys of a test's own, which no transaction takes back, and rates that begin anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beichen.fronts.codes import keys
from beichen.fronts.codes.tests import town
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.files import store as files
from beichen.settings import settings


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for keys and files."""
    monkeypatch.setenv("BEICHEN_CODES_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("BEICHEN_FILES_URL", str(tmp_path / "files"))
    monkeypatch.setenv("BEICHEN_PUBLIC_URL", "https://city.example")
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    settings.cache_clear()
    files.contents.cache_clear()
    keys._read.cache_clear()
    forget_rates()


@pytest.fixture(autouse=True)
def built(request: pytest.FixtureRequest) -> None:
    """The small town, for a test that meets the database."""
    if request.node.get_closest_marker("django_db") is not None:
        request.getfixturevalue("db")
        town.build()
