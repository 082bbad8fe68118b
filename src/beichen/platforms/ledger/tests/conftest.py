"""Keys and tiles of a test's own, which no transaction takes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beichen.kernel.files import store as files
from beichen.platforms.ledger import store
from beichen.platforms.ledger.tests.ground import SEALED
from beichen.settings import settings


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for keys and tiles."""
    monkeypatch.setenv("BEICHEN_LEDGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("BEICHEN_FILES_URL", str(tmp_path / "files"))
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    settings.cache_clear()
    files.contents.cache_clear()
    store.forget()
    SEALED.clear()
