"""A house of its own for each test: a database, a broker, and processes that may be killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from beichen.kernel.bus.tests.broker import NatsServer

DEADLINE_SECONDS = 180.0  # the machine may be busy with other tests
ROOT = Path(__file__).resolve().parents[2]
EFFECTS = {
    "sqlite": "CREATE TABLE crash_effect (id integer PRIMARY KEY, subject text, number integer)",
    "postgres": "CREATE TABLE crash_effect (id bigserial PRIMARY KEY, subject text, number integer)",
}


def run(arguments: Sequence[str], environment: dict[str, str]) -> None:
    """Run a process to its good end."""
    subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, check=True, capture_output=True)


def environment(folder: Path, database: str) -> dict[str, str]:
    """Settings of this process's children, and none of this process's own."""
    left_out = ("BEICHEN_", "PYTHONDONTWRITEBYTECODE")
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return own | {"BEICHEN_DATA_DIR": str(folder), "BEICHEN_DATABASE_URL": database}


class Place:
    """A database with its broker; ``rows`` asks the database without the product's code."""

    def __init__(self, folder: Path, database: str) -> None:
        self.database = database
        self.nats = NatsServer(folder / "nats", with_mqtt=True)
        self._environment = environment(folder, database) | {"BEICHEN_NATS_PORT": str(self.nats.port)}
        self._log = folder / "processes.log"
        self._processes: list[subprocess.Popen[bytes]] = []

    def use(self, **environment: str) -> None:
        """Let the processes that are started from now on have other settings."""
        self._environment |= environment

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The answer of the database."""
        if self.database.startswith("sqlite"):
            file = "/" + urlsplit(self.database).path.lstrip("/")
            with closing(sqlite3.connect(file, timeout=20)) as connection:
                return list(connection.execute(statement).fetchall())
        with psycopg.connect(self.database) as session:
            return list(session.execute(statement).fetchall())

    def count(self, table: str, where: str = "1 = 1") -> int:
        """How many rows."""
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def has_effects(self, number: int) -> bool:
        """Whether the handler has written so many."""
        return self.count("crash_effect") >= number

    def start(self, *arguments: str, driver: str = "tests.crash.driver") -> subprocess.Popen[bytes]:
        """A driver process."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", driver, *arguments],
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def until(
        self,
        condition: Callable[[], bool],
        process: subprocess.Popen[bytes] | None = None,
        *,
        patience: float = DEADLINE_SECONDS,
    ) -> None:
        """Return when ``condition`` holds; fail when it does not in time or the process ends before."""
        deadline = time.monotonic() + patience
        while not condition():
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() > deadline:
                said = self._log.read_text(errors="replace")[-3000:]
                raise AssertionError(f"{'the process ended' if ended else 'too late'}\n{said}")
            time.sleep(0.02)

    def said(self) -> str:
        """The end of what the processes said."""
        return self._log.read_text(errors="replace")[-3000:]

    def done(self, *arguments: str, driver: str) -> None:
        """Run a driver process to its good end."""
        code = self.start(*arguments, driver=driver).wait(DEADLINE_SECONDS)
        assert code == 0, self._log.read_text(errors="replace")[-3000:]

    def killed(self, *arguments: str, driver: str = "tests.crash.driver") -> None:
        """Run a driver process that kills itself."""
        code = self.start(*arguments, driver=driver).wait(DEADLINE_SECONDS)
        assert code == -signal.SIGKILL, self._log.read_text(errors="replace")[-3000:]

    def finish(self, count: int) -> None:
        """Let a healthy worker bring everything to its end, and then stop it."""
        worker = self.start("work")
        self.until(lambda: self.count("crash_effect") >= count and self.is_quiet(), worker)
        worker.terminate()
        assert worker.wait(DEADLINE_SECONDS) == 0

    def is_quiet(self) -> bool:
        """Nothing waits to leave, nothing is parked."""
        waiting = self.count("kernel_bus_outboxevent", "relayed_at IS NULL")
        return waiting == 0 and self.count("kernel_bus_parkedevent") == 0

    def close(self) -> None:
        """End everything."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.nats.kill()


class Databases:
    """Makes databases with the schema: copies of one that was migrated once."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self.is_on_server = bool(server)
        self._template = self._make(f"template_{uuid.uuid4().hex[:8]}")
        run(["-m", "beichen", "manage", "migrate", "--verbosity", "0"], environment(folder, self._template))
        self._execute(self._template, EFFECTS["postgres" if server else "sqlite"])

    def _url(self, name: str) -> str:
        if not self._server:
            return f"sqlite:///{self._folder / name}.db"
        return urlsplit(self._server)._replace(path=f"/{name}").geturl()

    def _make(self, name: str, *, like: str = "") -> str:
        if self._server:
            template = f' TEMPLATE "{urlsplit(like).path[1:]}"' if like else ""
            self._execute(self._server, f'CREATE DATABASE "{name}"{template}')
        elif like:
            shutil.copy("/" + urlsplit(like).path.lstrip("/"), self._folder / f"{name}.db")
        return self._url(name)

    def _execute(self, database: str, statement: str) -> None:
        if not self._server:
            with closing(sqlite3.connect("/" + urlsplit(database).path.lstrip("/"))) as connection:
                connection.execute(statement)
                connection.commit()
            return
        with psycopg.connect(database, autocommit=True) as session:
            session.execute(statement)

    def fresh(self) -> str:
        """A new database's URL."""
        return self._make(f"crash_{uuid.uuid4().hex[:8]}", like=self._template)

    def drop(self, database: str) -> None:
        """Remove a database of a server; files go with their folder."""
        if self._server:
            self._execute(self._server, f'DROP DATABASE "{urlsplit(database).path[1:]}" WITH (FORCE)')

    def close(self) -> None:
        """Remove the template."""
        self.drop(self._template)
