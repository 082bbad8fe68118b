"""Folders of a test's own, which no transaction takes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beichen.kernel.files import store as files
from beichen.settings import settings


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys and files of the test's own."""
    for name in ("LEDGER_KEYS", "CODES_KEYS", "FILES_URL"):
        monkeypatch.setenv(f"BEICHEN_{name}", str(tmp_path / name))
    settings.cache_clear()
    files.contents.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    files.contents.cache_clear()
