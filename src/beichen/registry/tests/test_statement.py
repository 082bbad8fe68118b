"""Frequent statements answer the same on both databases, and PostgreSQL keeps their plans."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from beichen.registry.statement import fetch

pytestmark = pytest.mark.django_db
ASKED = "SELECT key FROM registry_objecttype WHERE key IN (%s, %s) ORDER BY key"


def kept() -> list[str]:
    """The texts of the statements that the database keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_rows_are_tuples_in_order() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM registry_objecttype ORDER BY key")
        keys = [row[0] for row in cursor.fetchall()]
    assert fetch("SELECT key FROM registry_objecttype WHERE key >= %s ORDER BY key", [""]) == [
        (key,) for key in keys
    ]


def test_its_plan_is_kept_where_planning_costs() -> None:
    assert fetch(ASKED, ["no-such-type", "nor-this"]) == []
    if connection.vendor == "postgresql":
        assert any("IN ($1, $2) ORDER BY key" in text for text in kept())


def test_its_errors_are_djangos() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        fetch("SELECT nothing FROM registry_nowhere WHERE id = %s", [1])
