"""What the web process does to connections; a restart of the server is in `tests/crash`."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.backends.postgresql import base

from beichen.house.postgres.base import SILENT_SECONDS, DatabaseWrapper
from beichen.house.web import keep_connections


def test_each_thread_keeps_its_connection() -> None:
    """On PostgreSQL, instead of a pool; what SQLite has is left."""
    server = {"OPTIONS": {"pool": {"min_size": 1}, "prepare_threshold": 5}}
    keep_connections(server)
    assert server == {"OPTIONS": {"prepare_threshold": 5}, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    file: dict[str, Any] = {"OPTIONS": {"timeout": 20}, "CONN_MAX_AGE": None}
    keep_connections(file)
    assert file == {"OPTIONS": {"timeout": 20}, "CONN_MAX_AGE": None}


class Session(SimpleNamespace):
    """A connection over a pair of sockets, at whose other end the test stands."""

    def __init__(self) -> None:
        ours, self.server = socket.socketpair()
        super().__init__(closed=False, ours=ours, pgconn=SimpleNamespace(socket=ours.fileno()))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the server was asked."""
    times: list[int] = []

    def ask(_self: DatabaseWrapper) -> bool:
        times.append(1)
        return True

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", ask)
    return times


def test_a_connection_is_looked_at_without_asking(asked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is asked the first time, after a silence, after an error, and when it sent something."""
    wrapper, now = DatabaseWrapper({"OPTIONS": {}, "TIME_ZONE": None}), [1000.0]
    monkeypatch.setattr("beichen.house.postgres.base.time.monotonic", lambda: now[0])
    session = Session()
    wrapper.connection = session

    def usable(seconds: float) -> int:
        now[0] += seconds
        asked.clear()
        assert wrapper.is_usable()
        return len(asked)

    assert usable(0) == 1
    assert [usable(SILENT_SECONDS), usable(SILENT_SECONDS + 1), usable(0)] == [0, 1, 0]
    wrapper.errors_occurred = True
    assert usable(0) == 1
    wrapper.errors_occurred = False
    session.server.close()
    assert usable(0) == 1
    session.closed = True
    assert usable(0) == 1
    wrapper.connection = None
    session.ours.close()
