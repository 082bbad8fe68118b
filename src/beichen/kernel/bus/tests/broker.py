"""A real NATS server for tests: of the wheel, on a free port, with a store of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

from beichen.kernel.bus import server
from beichen.kernel.bus.tests.ports import free_port

DEADLINE_SECONDS = 90.0  # the machine may be busy with other tests


def wait_for_port(port: int) -> None:
    """Return when something answers on ``port``."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


class NatsServer:
    """One server that can be stopped, killed and started again on the same store."""

    def __init__(self, folder: Path, *, with_mqtt: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self.mqtt_port = free_port() if with_mqtt else 0
        self.member: server.Member | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        command = server.command(self.folder, self.port, self.mqtt_port, self.member)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for_port(self.port)
        if self.mqtt_port:
            wait_for_port(self.mqtt_port)

    def end(self, number: signal.Signals) -> None:
        """End it by a signal and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(DEADLINE_SECONDS)
            self._process = None

    @property
    def is_running(self) -> bool:
        """Whether it was started, and neither killed nor stopped."""
        return self._process is not None

    @property
    def has_ended(self) -> bool:
        """Whether it was started and ended of itself."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """As a power cut would."""
        self.end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator would."""
        self.end(signal.SIGTERM)


def cluster(folder: Path) -> list[NatsServer]:
    """Three servers that know each other, not yet started."""
    found = [NatsServer(folder / f"nats-{number}", with_mqtt=True) for number in range(3)]
    ports = [free_port() for _ in found]
    routes = [f"127.0.0.1:{port}" for port in ports]
    for number, (one, port) in enumerate(zip(found, ports, strict=True)):
        one.member = server.Member(f"n{number}", "127.0.0.1", one.port, one.mqtt_port, port, routes)
    return found
