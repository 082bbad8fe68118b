"""Frequent statements answer the same on both databases, and PostgreSQL keeps their plans."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from beichen.kernel.access.models import Role
from beichen.kernel.planned import MOST_APART, MOST_KEPT, fetch, send

TABLE = Role._meta.db_table
ASKED = f"SELECT key, clearance, permissions FROM {TABLE} WHERE key IN (%s, %s) ORDER BY key"  # noqa: S608
AT_ONCE = pytest.mark.django_db(transaction=True)  # a statement goes by its name outside of transactions


def roles() -> None:
    """Two to ask for."""
    for key, clearance in (("a", 2), ("b", 3)):
        Role.objects.create(key=key, name=key, clearance=clearance, permissions=[f"{key}.read"])


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[str, int]]:
    """Key and clearance of each."""
    return [(key, clearance) for key, clearance, _permissions in rows]


def kept() -> list[str]:
    """The names by which the database keeps statements for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_the_same_within_a_transaction() -> None:
    roles()
    assert plain(fetch(connection, ASKED, ["b", "a"])) == [("a", 2), ("b", 3)]
    with CaptureQueriesContext(connection) as sent:
        assert plain(fetch(connection, ASKED, ["b", "none"])) == [("b", 3)]
    assert len(sent) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        fetch(connection, "SELECT nothing FROM nowhere WHERE id = %s", [1])


@AT_ONCE
def test_its_plan_is_kept_where_planning_costs() -> None:
    """Values of several kinds, a literal percent, none; the rows are those of Django's cursor."""
    roles()
    for _time in range(3):
        assert plain(fetch(connection, ASKED, ["a", "b"])) == [("a", 2), ("b", 3)]
    with connection.cursor() as cursor:
        cursor.execute(ASKED, ["a", "b"])
        usual = list(cursor.fetchall())
    if connection.vendor == "postgresql":
        usual = [tuple(row) for row in usual]
        assert sum(name.startswith("beichen_") for name in kept()) == 1
    assert fetch(connection, ASKED, ["a", "b"]) == usual
    some = f"SELECT key FROM {TABLE} WHERE key LIKE '%%' AND clearance >= %s AND %s <= %s"  # noqa: S608
    moments = [datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]
    if connection.vendor == "postgresql":
        assert fetch(connection, some, [3, *moments]) == [("b",)]
    percent = f"SELECT count(*) FROM {TABLE} WHERE '%%' = '%%'"  # noqa: S608
    assert fetch(connection, percent, []) == [(2,)]


@AT_ONCE
def test_its_errors_are_djangos() -> None:
    for _time in range(2):
        with pytest.raises(DatabaseError):
            fetch(connection, "SELECT nothing FROM nowhere WHERE id = %s", [1])
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError):
            fetch(connection, ASKED, ["a\x00", "b"])
    roles()
    assert plain(fetch(connection, ASKED, ["a", "x"])) == [("a", 2)]


@AT_ONCE
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's driver keeps its statements")
def test_a_session_that_forgot_is_told_again() -> None:
    """As a pooler between may give another session; one that knows the name already is no trouble either."""
    roles()
    assert plain(fetch(connection, ASKED, ["a", "b"])) == [("a", 2), ("b", 3)]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    for _time in range(3):
        assert plain(fetch(connection, ASKED, ["a", "b"])) == [("a", 2), ("b", 3)]
    assert any(name.startswith("beichen_") for name in kept())


@AT_ONCE
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's driver keeps its statements")
def test_many_texts_fill_nothing() -> None:
    """Beyond some number of them statements go through a cursor, which forgets the oldest."""
    roles()
    for number in range(MOST_KEPT + 20):
        text = f"SELECT key, {number} FROM {TABLE} WHERE key = %s"  # noqa: S608
        assert fetch(connection, text, ["a"]) == [("a", number)]
    assert sum(name.startswith("beichen_") for name in kept()) <= MOST_KEPT


@pytest.mark.django_db
def test_who_watches_sees_the_values_in_their_places() -> None:
    roles()
    with CaptureQueriesContext(connection) as seen:
        assert plain(fetch(connection, ASKED, ["a", "b"])) == [("a", 2), ("b", 3)]
    (told,) = (one["sql"] for one in seen.captured_queries)
    assert "'a'" in told
    assert "'b'" in told


WRITTEN = f"UPDATE {TABLE} SET clearance = %s WHERE key = %s"  # noqa: S608
GIVEN = f"{WRITTEN} RETURNING clearance"


@pytest.mark.django_db
def test_what_writes_says_how_much_and_what_it_gave() -> None:
    """Watched by Django or not, it is the same."""
    roles()
    for _time in range(2):
        assert send(connection, WRITTEN, [4, "a"]) == (1, [])
        assert send(connection, WRITTEN, [4, "none"]) == (0, [])
        assert send(connection, GIVEN, [1, "b"], is_told=True) == (1, [(1,)])
    with CaptureQueriesContext(connection) as seen:
        assert send(connection, WRITTEN, [2, "a"]) == (1, [])
        assert send(connection, GIVEN, [3, "b"], is_told=True) == (1, [(3,)])
    assert len(seen) == 2
    assert plain(fetch(connection, ASKED, ["a", "b"])) == [("a", 2), ("b", 3)]


@pytest.mark.django_db
def test_what_writes_goes_back_with_its_transaction_and_fails_as_django_does() -> None:
    roles()
    with transaction.atomic():
        send(connection, WRITTEN, [4, "a"])
        transaction.set_rollback(True)
    assert plain(fetch(connection, ASKED, ["a"] * 2)) == [("a", 2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        send(connection, f"UPDATE {TABLE} SET key = %s WHERE key = %s", ["a", "b"])  # noqa: S608
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            send(connection, WRITTEN, [4, "a"])


@pytest.mark.django_db
def test_a_statement_of_very_many_values_is_sent_too() -> None:
    """The server takes 65,535 values that stand apart, and no more."""
    roles()
    many = ["a", *["none"] * max(MOST_APART, 70_000)]
    marks = ", ".join(["%s"] * len(many))
    statement = f"UPDATE {TABLE} SET clearance = 4 WHERE key IN ({marks})"  # noqa: S608
    if connection.vendor == "sqlite":
        many, statement = many[:2000], statement.replace(marks, ", ".join(["%s"] * 2000))
    assert send(connection, statement, many).written == 1


@AT_ONCE
def test_the_plan_of_what_writes_is_kept() -> None:
    roles()
    if connection.vendor != "postgresql":
        return
    for clearance in (1, 2, 3, 4) * 2:
        send(connection, WRITTEN, [clearance, "a"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert [text for (text,) in cursor.fetchall() if "SET clearance" in text]
