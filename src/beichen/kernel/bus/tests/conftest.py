"""A broker for the bus's tests, and the settings that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beichen.kernel.bus.tests.broker import NatsServer
from beichen.settings import settings


@pytest.fixture
def nats_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsServer]:
    """A running server; the settings of this process name it."""
    running = NatsServer(tmp_path / "nats")
    monkeypatch.setenv("BEICHEN_NATS_URL", "embedded://")
    monkeypatch.setenv("BEICHEN_NATS_PORT", str(running.port))
    settings.cache_clear()
    running.start()
    yield running
    running.kill()
    monkeypatch.undo()
    settings.cache_clear()
