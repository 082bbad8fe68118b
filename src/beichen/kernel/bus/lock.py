"""A lock that ends with its holder: of several workers on one database, one runs the bus.

On PostgreSQL an advisory lock of a connection of its own, on SQLite a lock on a file beside the
database. Both are released by the system when the process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import zlib
from pathlib import Path
from threading import Lock as Mutex
from typing import IO, Any

import psycopg
from django.db import OperationalError, connection


class Lock:
    """Held by one process at a time.

    It may be given up by one thread while another still checks it: a session is closed by nobody while it is
    in use, as that frees what the client library still reads.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: IO[bytes] | None = None
        self._session: psycopg.Connection[Any] | None = None
        self._checked: psycopg.Connection[Any] | None = None
        self._guard = Mutex()

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
        with self._guard:
            session = self._checked = self._session
        if session is None:
            return
        try:
            session.execute("SELECT 1")
        finally:
            with self._guard:
                self._checked = None
                is_given_up = self._session is not session
            if is_given_up:
                session.close()

    def release(self) -> None:
        """Let another process take it; at once, but for a session that is being checked: that closes then."""
        if self._file is not None:
            self._file.close()
        with self._guard:
            session, self._session = self._session, None
            is_checked = session is self._checked
        if session is not None and not is_checked:
            session.close()
        self._file = None
