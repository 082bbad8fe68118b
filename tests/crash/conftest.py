"""A place for each test: on SQLite in `make test`, on PostgreSQL in `make test-services`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.place import Databases, Place


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases of the engine that this run is on: each test would last twice as long on both."""
    url = os.environ.get("BEICHEN_DATABASE_URL", "")
    server = url if url.startswith("postgres") else ""
    made = Databases(tmp_path_factory.mktemp("crash"), server)
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
