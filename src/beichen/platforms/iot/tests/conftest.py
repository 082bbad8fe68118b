"""A broker with its MQTT door for tests of the room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beichen.kernel.bus.tests.broker import NatsServer
from beichen.settings import settings


@pytest.fixture
def mqtt_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NatsServer]:
    """A running server that devices can reach; the settings of this process name it."""
    running = NatsServer(tmp_path / "nats", with_mqtt=True)
    monkeypatch.setenv("BEICHEN_NATS_URL", "embedded://")
    monkeypatch.setenv("BEICHEN_NATS_PORT", str(running.port))
    monkeypatch.setenv("BEICHEN_MQTT_PORT", str(running.mqtt_port))
    settings.cache_clear()
    running.start()
    yield running
    running.kill()
    monkeypatch.undo()
    settings.cache_clear()
