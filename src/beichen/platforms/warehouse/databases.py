"""Other databases as sources are read from: PostgreSQL, SQLite, MySQL and MariaDB; each session only reads.

Rows come as they are asked for, not all at once. What MySQL says in its own way is made plain here: names
stand in double quotes, a TIMESTAMP is a moment, a zero date is empty, a BIT is a number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from beichen.platforms.warehouse import codes
from beichen.problem import Problem, ProblemError, said, shorten

SCHEMES = {"postgres", "postgresql", "sqlite", "mysql", "mariadb"}
MYSQL = {"mysql", "mariadb"}
PATIENCE = 10  # seconds for a server to answer
# a batch is written between two reads: the server waits for it
SESSION = "SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+00:00', net_write_timeout = 3600"
ZERO = "0000-00-00"


@contextmanager
def answering() -> Iterator[None]:
    """Raises ProblemError WHS-113 with the words of a database that does not answer."""
    known: tuple[type[Exception], ...] = (sqlite3.Error, psycopg.Error, *_mysql_errors())
    try:
        yield
    except known as error:
        raise ProblemError(_away(error)) from None


def opened(url: str) -> Any:
    """A session that only reads. Raises ProblemError WHS-113."""
    parts = urlsplit(url)
    if parts.scheme in MYSQL:
        _mysql()
    with answering():
        if parts.scheme == "sqlite":
            return sqlite3.connect(f"file:/{parts.path.lstrip('/')}?mode=ro", uri=True)
        if parts.scheme in MYSQL:
            return _mysql_session(url)
        session = psycopg.connect(url, connect_timeout=PATIENCE)
        session.read_only = True
        return session


def mark(session: Any) -> str:
    """What stands for a value."""
    return "?" if isinstance(session, sqlite3.Connection) else "%s"


def cursor(session: Any) -> Any:
    """A cursor that keeps the rows at the server until they are fetched."""
    if isinstance(session, sqlite3.Connection):
        return session.cursor()
    if isinstance(session, psycopg.Connection):
        return session.cursor("beichen")
    return session.cursor(_mysql().cursors.SSCursor)


def value(session: Any, kept: Any) -> Any:
    """A kept position as the database compares it: MariaDB reads no offsets, and its session is in UTC."""
    if isinstance(session, sqlite3.Connection | psycopg.Connection) or not isinstance(kept, str):
        return kept
    try:
        moment = datetime.fromisoformat(kept)
    except ValueError:
        return kept
    return kept if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def address_fault(url: str) -> str:
    """What is wrong with an address; empty when nothing is."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for what is no port
    except ValueError:
        return said("the address cannot be read")
    if parts.scheme not in SCHEMES:
        return said("the address is of no database that is read here")
    unknown = sorted({name for name, _ in parse_qsl(parts.query)} - {"ssl_ca"})
    if parts.scheme in MYSQL and unknown:
        return said("the address names {name}", name=unknown[0][:30])
    return ""


def _mysql() -> Any:
    try:
        import pymysql.cursors
    except ImportError:
        message = said("the driver for MySQL is not installed here")
        raise ProblemError(Problem(codes.NO_SOURCE, message, hint="pip install 'beichen[mysql]'")) from None
    return pymysql


def _mysql_errors() -> tuple[type[Exception], ...]:
    try:
        import pymysql
    except ImportError:
        return ()
    return (pymysql.Error,)


def _mysql_session(url: str) -> Any:
    parts = urlsplit(url)
    session = _mysql().connect(
        host=parts.hostname or "localhost",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")) or None,
        charset="utf8mb4",
        connect_timeout=PATIENCE,
        init_command=SESSION,
        conv=_readings(),
        **dict(parse_qsl(parts.query)),
    )
    with session.cursor() as first:
        first.execute("SET SESSION TRANSACTION READ ONLY")
    return session


def _readings() -> Mapping[Any, Any]:
    """How values are read, by the protocol's numbers of their types."""
    from pymysql.constants import FIELD_TYPE
    from pymysql.converters import conversions, convert_date, convert_datetime

    def dated(read: Any) -> Any:
        return lambda text: None if text.startswith(ZERO) else read(text)

    def moment(text: str) -> Any:
        found = convert_datetime(text)
        return found.replace(tzinfo=UTC) if isinstance(found, datetime) else found

    return {
        **conversions,
        FIELD_TYPE.DATE: dated(convert_date),
        FIELD_TYPE.DATETIME: dated(convert_datetime),
        FIELD_TYPE.TIMESTAMP: dated(moment),
        FIELD_TYPE.TIME: str,
        FIELD_TYPE.BIT: lambda bits: int.from_bytes(bits, "big"),
    }


def _away(error: Exception) -> Problem:
    """The other database's words; no driver puts the password into them."""
    reason = " ".join(str(error).split())[:60] or type(error).__name__
    return Problem(codes.NO_SOURCE, shorten(said("the database answers: {reason}", reason=reason)))
