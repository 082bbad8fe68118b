"""A lock that ends with its holder: of several workers on one database, one runs the bus.

On PostgreSQL an advisory lock of a connection of its own, on SQLite a lock on a file beside the
database. Both are released by the system when the process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import zlib
from pathlib import Path
from typing import IO, Any

import psycopg
from django.db import OperationalError, connection


class Lock:
    """Held by one process at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: IO[bytes] | None = None
        self._session: psycopg.Connection[Any] | None = None

    def take(self) -> bool:
        """Try to take the lock; returns whether it is now held."""
        return self._take_file() if connection.vendor == "sqlite" else self._take_session()

    def _take_file(self) -> bool:
        try:
            file = Path(f"{connection.settings_dict['NAME']}.{self._name}.lock").open("ab")
        except OSError as error:
            raise OperationalError(str(error)) from error  # the database's own folder
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def _take_session(self) -> bool:
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        known = connection.settings_dict
        values = {name: known[setting] for name, setting in names.items() if known.get(setting)}
        session: psycopg.Connection[Any] = psycopg.connect(**values, autocommit=True)
        number = zlib.crc32(f"beichen.{self._name}".encode())
        row = session.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()
        if row is None or not row[0]:
            session.close()
            return False
        self._session = session
        return True

    def check(self) -> None:
        """Raises psycopg.OperationalError when the session that holds the lock was lost."""
        if self._session is not None:
            self._session.execute("SELECT 1")

    def release(self) -> None:
        """Let another process take it."""
        if self._file is not None:
            self._file.close()
        if self._session is not None:
            self._session.close()
        self._file = self._session = None
