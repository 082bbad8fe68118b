"""A PostgreSQL of a test's own, which it may stop and start again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from beichen.kernel.bus.tests.ports import free_port

NOBODY = 65534
DEADLINE_SECONDS = 60.0


def programs() -> Path | None:
    """Where initdb and postgres are; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    beside = shutil.which("initdb")
    return found[-1].parent if found else Path(beside).parent if beside else None


class Server:
    """Its data stays while it is away."""

    def __init__(self) -> None:
        where = programs()
        assert where is not None
        self._programs = where
        # Not below pytest's own folder, which nobody else may enter: PostgreSQL refuses to run as root.
        self._folder = Path(tempfile.mkdtemp(prefix="beichen-server-"))
        self._folder.chmod(0o755)
        self._data = self._folder / "data"
        self._data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self._data, NOBODY, NOBODY)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self._data), "-U", "beichen", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """For BEICHEN_DATABASE_URL."""
        return f"postgres://beichen@127.0.0.1:{self.port}/postgres"

    def _command(self, *arguments: str) -> tuple[list[str], dict[str, Any]]:
        user: dict[str, Any] = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        return [str(self._programs / arguments[0]), *arguments[1:]], user

    def _run(self, *arguments: str) -> None:
        command, user = self._command(*arguments)
        subprocess.run(command, check=True, capture_output=True, cwd="/", **user)

    def start(self) -> None:
        """Return when it answers."""
        command, user = self._command(
            "postgres", "-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1", "-k", "",
            "-c", "fsync=off",
        )  # fmt: skip
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            if (
                self._process is None or self._process.poll() is not None
            ):  # those killed before are not gone yet
                self._process = subprocess.Popen(
                    command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user
                )
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        """At once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(DEADLINE_SECONDS)
            self._process = None

    @property
    def is_running(self) -> bool:
        """Whether it was started, and neither stopped nor killed."""
        return self._process is not None

    def kill(self) -> None:
        """As a power cut would: the server, and with it all of its processes."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(DEADLINE_SECONDS)
            self._process = None

    def close(self) -> None:
        """Stop, and leave nothing."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
