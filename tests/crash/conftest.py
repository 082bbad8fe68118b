"""A place for each test, on SQLite and, among the tests with services, on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.place import Databases, Place


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Databases of one kind; the server of PostgreSQL is the one that the tests run on."""
    server = os.environ["BEICHEN_DATABASE_URL"] if request.param == "postgres" else ""
    made = Databases(tmp_path_factory.mktemp(request.param), server)
    yield made
    made.close()


@pytest.fixture
def place(databases: Databases, tmp_path: Path) -> Iterator[Place]:
    """A database and a running broker."""
    database = databases.fresh()
    made = Place(tmp_path, database)
    made.nats.start()
    yield made
    made.close()
    databases.drop(database)
