"""Statements that nearly every request sends, kept planned by the database.

Django binds parameters on the client and never prepares; for a short statement PostgreSQL then spends more
time on planning than on answering. SQLite's driver keeps its statements by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def fetch(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a SELECT whose text is one of few; its values are parameters.

    PostgreSQL plans it once a connection, as long as OPTIONS name a ``prepare_threshold``.
    Raises Django's database errors.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as prepared:
        prepared.execute(statement, parameters, prepare=True)
        return list(prepared.fetchall())
