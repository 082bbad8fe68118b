"""Empties the database after a test that commits, in milliseconds instead of seconds.

Django truncates every table and tells all apps that the database was migrated, so that each writes its
content types and permissions anew. A test fills ten tables out of two hundred and fifty: those alone are
emptied. What Django wrote of its own when the database was made stays, since no room of the house has
anything in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}
_managed: list[str] = []


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that Django empties, too; asked once, as no test makes or drops one."""
    if not _managed:
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        _managed.extend(sorted(set(names) - KEPT))
    return _managed


def filled(connection: BaseDatabaseWrapper) -> list[str]:
    """Those that have a row."""
    asked = (
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")"  # noqa: S608 - its own names
        for table in _tables(connection)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


def empty(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Remove their rows in any order: what refers to them is removed with them."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign key is looked at
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - its own names


def _teardown(self: Any) -> None:
    for name in self._databases_names(include_mirrors=False):
        empty(connections[name], filled(connections[name]))


def empty_quickly() -> None:
    """Have every test that commits end so."""
    setattr(TransactionTestCase, "_fixture_teardown", _teardown)  # noqa: B010 - its stubs do not have it
