"""A running `beichen up` with a data folder and ports of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from beichen.kernel.bus.tests.ports import free_port

DEADLINE_SECONDS = 300.0  # the machine may be busy with other tests
ENDING_SECONDS = 60.0


def two_free_ports() -> int:
    """A port whose follower is free too."""
    return free_port(count=2)


def environment() -> dict[str, str]:
    """Nothing of this process's own settings."""
    left_out = ("BEICHEN_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


def beichen(*arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    settings = {"BEICHEN_DATA_DIR": str(data)} if data else {}
    command = [sys.executable, "-m", "beichen", *arguments]
    return subprocess.run(
        command,
        env=environment() | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )


def until(condition: Callable[[], bool]) -> None:
    """Return when ``condition`` holds, which may be unreachable meanwhile."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            if condition():
                return
        except (httpx.HTTPError, psutil.NoSuchProcess):
            pass
        assert time.monotonic() < deadline, "too late"
        time.sleep(0.05)


class Group:
    """The supervisor and its children."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = two_free_ports()
        self.nats = {"BEICHEN_NATS_PORT": str(free_port()), "BEICHEN_MQTT_PORT": str(free_port())}
        self.web = f"http://localhost:{self.port}"
        self.live = f"http://localhost:{self.port + 1}"
        self.log = data.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until web and live answer."""
        command = [sys.executable, "-m", "beichen", "up", "--data", str(self.data), "--port", str(self.port)]
        with self.log.open("wb") as log:
            settings = environment() | self.nats
            self.process = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
        until(self.is_up)

    def is_running(self) -> bool:
        """The supervisor was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def is_up(self) -> bool:
        """Web answers, and live follows the stream."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        web = httpx.get(f"{self.web}/healthz", timeout=1).is_success
        live: str = httpx.get(f"{self.live}/healthz", timeout=1).json()["status"]
        return web and live == "ok" and len(self.family()) >= 5

    def family(self) -> list[psutil.Process]:
        """All processes of the group but the supervisor."""
        assert self.process is not None
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def pids(self, word: str) -> list[int]:
        """The processes whose command has ``word``."""
        return [process.pid for process in self.family() if word in " ".join(process.cmdline())]

    def end(self, number: signal.Signals) -> int:
        """Signal the supervisor; returns its status when it and all its children are gone."""
        assert self.process is not None
        family = self.family()
        self.process.send_signal(number)
        status = self.process.wait(ENDING_SECONDS)
        _gone, left = psutil.wait_procs(family, timeout=ENDING_SECONDS)
        assert not left, left
        return status
