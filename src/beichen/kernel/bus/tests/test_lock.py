"""A lock's session that is given up while another thread still checks it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.db import connection

from beichen.kernel.bus.lock import Lock

PATIENCE = 20.0


class Session:
    """A session whose question takes until it is told to end, and which tells what was done with it."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.done = Event(), Event(), list[str]()

    def execute(self, _statement: str) -> None:
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        self.done.append("answered")

    def close(self) -> None:
        self.done.append("closed")


def held(session: Any) -> Lock:
    lock = Lock("bus")
    lock._session = session
    return lock


def test_a_session_is_not_closed_while_it_is_asked() -> None:
    session = Session()
    lock = held(session)
    asking = Thread(target=lock.check)
    asking.start()
    assert session.begun.wait(PATIENCE)
    lock.release()
    assert session.done == []
    session.may_end.set()
    asking.join(PATIENCE)
    assert session.done == ["answered", "closed"]
    lock.check()
    lock.release()
    assert session.done == ["answered", "closed"], "it is nobody's now"


def test_a_session_that_nobody_asks_is_closed_at_once() -> None:
    session = Session()
    session.may_end.set()
    lock = held(session)
    lock.check()
    lock.release()
    assert session.done == ["answered", "closed"]


@pytest.fixture
def two() -> Iterator[tuple[Lock, Lock]]:
    first, second = Lock("tests.two"), Lock("tests.two")
    yield first, second
    first.release()
    second.release()


@pytest.mark.django_db
def test_one_holds_it_and_the_other_takes_it_after(two: tuple[Lock, Lock]) -> None:
    first, second = two
    assert first.take()
    assert not second.take()
    first.check()
    first.release()
    assert second.take()


@pytest.mark.django_db
def test_a_lost_session_is_told(two: tuple[Lock, Lock]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a lock on a file has no session")
    lock, _other = two
    assert lock.take()
    assert lock._session is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [lock._session.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        lock.check()
