"""Statements that nearly every request sends: planned once by each connection to PostgreSQL.

Django puts values into the text of a statement, so that the server plans each anew, which costs it more than
answering. Here the values stay apart. Outside of a transaction the statement is sent by its name and without
a cursor, which alone takes as long as the server does; the name is made of the text, so that it never means
another. Whatever is not as it should be goes the usual way, which raises what it always did. SQLite's driver
keeps its statements by itself, and answers sooner than a cursor of Django's is made: it is asked without one.
What writes is planned once too (:func:`send`), as soon as a connection has sent it a few times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

if TYPE_CHECKING:  # which an embedded house never loads
    import psycopg

Rows = list[tuple[Any, ...]]
Known = tuple[str, tuple[int, ...]]
MOST_APART = 1000  # values of one statement: of bulk, planning is the least, and the protocol has a limit
MOST_KEPT = 100  # of one connection
_KEPT: WeakKeyDictionary[psycopg.Connection[Any], dict[Known, bytes]] = WeakKeyDictionary()
_MARK = re.compile(r"%(s|%)")


class Sent(NamedTuple):
    """What became of a statement that writes."""

    written: int
    rows: Rows


def fetch(connection: Any, statement: str, parameters: Sequence[Any]) -> Rows:
    """All rows of a SELECT, asked through a connection of Django's; its text is one of few.

    Raises Django's database errors. Plans need a ``prepare_threshold`` in the connection's OPTIONS.
    """
    if connection.queries_logged or connection.execute_wrappers:  # who watches sees the values in place
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())
    connection.close_if_health_check_failed()  # as Django's own cursors begin
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            return list(connection.connection.execute(_marked(statement), parameters))
    with connection.wrap_database_errors:
        rows = _by_name(connection.connection, statement, parameters)
    return _by_cursor(connection, statement, parameters) if rows is None else rows


def send(connection: Any, statement: str, parameters: Sequence[Any], *, is_told: bool = False) -> Sent:
    """Send what writes, in the caller's transaction: how many rows it wrote, and what it gave (``is_told``).

    Raises Django's database errors.
    """
    is_watched = connection.queries_logged or connection.execute_wrappers
    if is_watched or len(parameters) > MOST_APART:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            told = list(cursor.fetchall()) if is_told else []
            return Sent(len(told) if is_told else cursor.rowcount, told)
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            done = connection.connection.execute(_marked(statement), parameters)
            told = list(done) if is_told else []
            return Sent(len(told) if is_told else done.rowcount, told)  # it counts no rows that it gives
        return _sent_apart(connection.connection, statement, parameters, is_told)


def _sent_apart(session: Any, statement: str, parameters: Sequence[Any], is_told: bool) -> Sent:
    import psycopg

    with psycopg.RawCursor(session) as cursor:
        cursor.execute(_numbered(statement), parameters)
        return Sent(cursor.rowcount, list(cursor.fetchall()) if is_told else [])


def _by_cursor(connection: Any, statement: str, parameters: Sequence[Any]) -> Rows:
    connection.validate_no_broken_transaction()
    import psycopg

    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(_numbered(statement), parameters, prepare=True)
        return list(cursor.fetchall())


def _by_name(session: psycopg.Connection[Any], statement: str, parameters: Sequence[Any]) -> Rows | None:
    """The rows; None where the server did not give them, or may not be asked like this."""
    from psycopg import pq
    from psycopg.adapt import PyFormat, Transformer

    asked = session.pgconn
    if asked.transaction_status != pq.TransactionStatus.IDLE or not session.autocommit:
        return None
    if session.prepare_threshold is None:  # a pooler between may give each statement another server
        return None
    turned = Transformer(session)
    sent = turned.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    names = _KEPT.setdefault(session, {})
    known = (statement, turned.types or ())
    name = names.get(known) or _prepared(asked, known, len(names))
    if not name:
        return None
    result = asked.exec_prepared(name, sent, turned.formats, pq.Format.TEXT)  # type: ignore[arg-type]
    if result.status != pq.ExecStatus.TUPLES_OK:
        names.pop(known, None)
        return None
    names[known] = name
    turned.set_pgresult(result)
    return turned.load_rows(0, result.ntuples, tuple)


def _prepared(asked: Any, known: Known, number: int) -> bytes:
    """The name of a statement that was prepared now; empty where the server does not take it."""
    from psycopg import pq

    if number >= MOST_KEPT:
        return b""
    statement, types = known
    text = _numbered(statement)
    name = b"beichen_" + blake2b(repr((text, types)).encode(), digest_size=16).hexdigest().encode()
    result = asked.prepare(name, text, types)
    is_known = result.error_field(pq.DiagnosticField.SQLSTATE) == b"42P05"  # prepared by an earlier owner
    return name if result.status == pq.ExecStatus.COMMAND_OK or is_known else b""


@lru_cache(maxsize=4 * MOST_KEPT)
def _marked(statement: str) -> str:
    """The same with ``?`` for each ``%s``."""
    return _MARK.sub(lambda mark: "%" if mark[1] == "%" else "?", statement)


@lru_cache(maxsize=4 * MOST_KEPT)
def _numbered(statement: str) -> bytes:
    """The same with ``$1`` for the first ``%s``; psycopg would turn a long one anew each time."""
    numbers = count(1)
    return _MARK.sub(lambda mark: "%" if mark[1] == "%" else f"${next(numbers)}", statement).encode()
