"""A database without a spatial index is refused before anything is kept in it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from beichen.problem import ProblemError
from beichen.registry.engine import check_engine

pytestmark = pytest.mark.django_db


def test_this_database_has_a_spatial_index() -> None:
    check_engine(connection)


def test_a_sqlite_without_an_r_tree_is_refused() -> None:
    handler = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
    database = handler["default"]
    database.ensure_connection()
    try:
        # As a library that was built without it answers.
        database.connection.create_function("sqlite_compileoption_used", 1, lambda _option: 0)
        with pytest.raises(ProblemError, match="REG-501 this SQLite has no R\\*Tree") as caught:
            check_engine(database)
    finally:
        database.close()
    assert "SQLITE_ENABLE_RTREE" in caught.value.problems[0].hint
