"""A live process with a broker of its own, for tests that listen to it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from beichen.kernel.bus.tests.broker import NatsServer
from beichen.kernel.bus.tests.ports import free_port
from beichen.settings import settings

PATIENCE = 90.0  # seconds: the machine may be busy with other tests


@contextmanager
def live_process(folder: Path, patch: pytest.MonkeyPatch, web_port: int = 8000) -> Iterator[int]:
    """The port at which events are told while the block runs; settings lead there and to its broker."""
    server, port = NatsServer(folder / "nats"), free_port()
    chosen = {
        "NATS_URL": "embedded://",
        "NATS_PORT": server.port,
        "LIVE_URL": f"http://127.0.0.1:{port}",
        "PORT": web_port,
    }
    for name, value in chosen.items():
        patch.setenv(f"BEICHEN_{name}", str(value))
    settings.cache_clear()
    server.start()
    process = subprocess.Popen([sys.executable, "-m", "beichen.house.live", str(port)], env=dict(os.environ))
    try:
        _await_following(port)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)
        server.kill()
        patch.undo()
        settings.cache_clear()


def _await_following(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/healthz")
            if b'"ok"' in connection.getresponse().read():
                return
        time.sleep(0.05)
    raise AssertionError("the live process does not follow the stream")
