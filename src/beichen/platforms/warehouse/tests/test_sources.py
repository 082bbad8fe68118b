"""Tables of other databases: whole or what is new, by the clock, each window once."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import psycopg
import pytest
from click.testing import CliRunner

from beichen.kernel.audit.models import AuditRecord
from beichen.platforms.warehouse import codes, sources
from beichen.platforms.warehouse.commands import tables as command
from beichen.platforms.warehouse.models import Source
from beichen.platforms.warehouse.service import (
    Column,
    ColumnType,
    drop_source,
    pull,
    pull_due,
    reader,
    save_source,
)
from beichen.platforms.warehouse.tests.conftest import BY, COLUMNS, Declare
from beichen.problem import ProblemError

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
MADE = "CREATE TABLE readings (code text, level_m numeric(9, 3), is_wet integer, seen_at {time}, other text)"
ROW = "INSERT INTO readings VALUES ('{code}', {level}, 1, '2025-03-01 {hour:02}:00:00', 'x')"
MYSQL = pytest.mark.skipif("TEST_MYSQL_URL" not in os.environ, reason="no MariaDB is installed")
Execute = Callable[[str], object]
Foreign = tuple[str, Execute]


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.services),
        pytest.param("mysql", marks=[pytest.mark.services, MYSQL]),
    ]
)
def foreign(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Foreign]:
    """The address of a database, and how its owner writes to it."""
    if request.param == "sqlite":
        file = tmp_path / "other.db"
        with closing(sqlite3.connect(file, isolation_level=None)) as session:
            yield f"sqlite:///{file}", session.execute
        return
    if request.param == "mysql":
        with mysql() as found:
            yield found
        return
    url = os.environ["BEICHEN_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as owner:
        schema = f"other_{os.getpid()}".encode()  # each worker's own
        owner.execute(b"DROP SCHEMA IF EXISTS " + schema + b" CASCADE")
        owner.execute(b"CREATE SCHEMA " + schema)
        owner.execute(b"SET search_path TO " + schema)
        yield f"{url}?options=-csearch_path%3D{schema.decode()}", lambda text: owner.execute(text.encode())
        owner.execute(b"DROP SCHEMA " + schema + b" CASCADE")


@contextmanager
def mysql() -> Iterator[Foreign]:
    """A database of this worker's own in MariaDB; its sessions begin in another zone than the city's."""
    import pymysql

    parts, name = urlsplit(os.environ["TEST_MYSQL_URL"]), f"other_{os.getpid()}"
    with closing(
        pymysql.connect(host=parts.hostname, port=parts.port, user=parts.username, autocommit=True)
    ) as owner:

        def execute(text: str) -> object:
            with owner.cursor() as cursor:
                return cursor.execute(text)

        execute(f"DROP DATABASE IF EXISTS {name}")
        execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        execute(f"USE {name}")
        execute("SET time_zone = '-03:00'")
        yield f"mysql://{parts.username}@{parts.hostname}:{parts.port}/{name}", execute
        execute(f"DROP DATABASE {name}")


@pytest.fixture
def readings(foreign: Foreign) -> Foreign:
    """With two rows in it; times without an offset, as many have them."""
    url, execute = foreign
    execute(MADE.format(time="datetime" if url.startswith("mysql:") else "timestamp"))
    for hour in (8, 9):
        execute(ROW.format(code=f"w{hour}", level=1.5, hour=hour))
    return url, execute


def found() -> list[dict[str, Any]]:
    with reader() as ask:
        rows: list[dict[str, Any]] = ask.sql(
            "select code, level_m, is_wet, seen_at from wells order by code"
        ).to_pylist()
    return rows


def test_rows_come_whole_by_key(declare: Declare, readings: Foreign) -> None:
    """Columns that only one side has are left out; a time without an offset is the city's."""
    url, execute = readings
    declare()
    save_source("other", url, "readings", "wells", by=BY)
    (receipt,) = pull("other", by=BY)
    assert (receipt.accepted, receipt.source) == (2, "source:other")
    first = {"code": "w8", "level_m": 1.5, "is_wet": True, "seen_at": datetime(2025, 3, 1, 0, tzinfo=UTC)}
    assert found()[0] == first
    execute("UPDATE readings SET level_m = 2 WHERE code = 'w8'")
    (again,) = pull("other", by=BY)
    assert (again.changed, found()[0]["level_m"]) == (1, 2.0)


@pytest.mark.parametrize("key", [("code",), ()])
def test_only_what_is_new_is_read(declare: Declare, readings: Foreign, key: tuple[str, ...]) -> None:
    url, execute = readings
    declare(key=key)
    save_source("other", url, "readings", "wells", by=BY, since="seen_at")
    assert sum(one.changed for one in pull("other", by=BY)) == 2
    assert sum(one.changed for one in pull("other", by=BY)) == 0
    execute(ROW.format(code="w10", level=1, hour=10))
    assert sum(one.changed for one in pull("other", by=BY)) == 1
    assert [row["code"] for row in found()] == ["w10", "w8", "w9"]


def test_a_run_that_died_is_run_again_over_the_same_window(
    declare: Declare, readings: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although the other database has moved on meanwhile: no row is doubled, none is left out."""
    url, execute = readings
    declare(key=())
    save_source("other", url, "readings", "wells", by=BY, since="seen_at")
    monkeypatch.setattr(sources, "BATCH", 1)
    write, calls = sources._write, []

    def dying(*arguments: Any) -> Any:
        calls.append(write(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(sources, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        pull("other", by=BY)
    assert len(found()) == 1
    execute(ROW.format(code="w10", level=1, hour=10))
    monkeypatch.setattr(sources, "_write", write)
    pull("other", by=BY)
    assert [row["code"] for row in found()] == ["w8", "w9"]
    pull("other", by=BY)
    assert [row["code"] for row in found()] == ["w10", "w8", "w9"]


def test_the_clock_reads_what_is_due_and_keeps_what_went_wrong(declare: Declare, readings: Foreign) -> None:
    url, execute = readings
    declare()
    save_source("other", url, "readings", "wells", by=BY, cron="0 * * * *", now=NOW)
    assert pull_due(by=BY, now=NOW) == []
    later = NOW + timedelta(hours=1)
    assert pull_due(by=BY, now=later) == ["other"]
    assert pull_due(by=BY, now=later) == []
    execute("DROP TABLE readings")
    assert pull_due(by=BY, now=later + timedelta(hours=1)) == ["other"]
    row = Source.objects.get()
    assert row.problem["code"] == codes.NO_SOURCE
    assert len(found()) == 2


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"url": "oracle://x/y"}, codes.BAD_SOURCE, "url"),
        ({"url": "mysql://x/y?local_infile=1"}, codes.BAD_SOURCE, "url"),
        ({"url": "mysql://x:port/y"}, codes.BAD_SOURCE, "url"),
        ({"relation": "a; drop table b"}, codes.BAD_SOURCE, "relation"),
        ({"since": "more"}, codes.BAD_SOURCE, "since"),
        ({"cron": "now"}, codes.BAD_SOURCE, "cron"),
        ({"name": "welsl"}, codes.NO_TABLE, None),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(
    declare: Declare, change: dict[str, str], code: str, field: str | None
) -> None:
    declare()
    values = {
        "url": "sqlite:////tmp/x.db",
        "relation": "r",
        "name": "wells",
        "since": "",
        "cron": "",
    } | change
    with pytest.raises(ProblemError) as error:
        save_source("s", by=BY, **values)  # type: ignore[arg-type]
    assert [(problem.code, problem.where.field) for problem in error.value.problems] == [(code, field)]


def test_what_cannot_be_read_is_said_without_the_password(declare: Declare, tmp_path: Path) -> None:
    declare(key=())
    with pytest.raises(ProblemError, match="a column that grows"):
        save_source("other", f"sqlite:///{tmp_path}/none.db", "r", "wells", by=BY)
    declare(columns=COLUMNS)
    url = "postgres://reader:secret-word@127.0.0.1:1/x"
    for key, address in (("a", f"sqlite:///{tmp_path}/none.db"), ("b", url)):
        save_source(key, address, "r", "wells", by=BY)
        with pytest.raises(ProblemError) as error:
            pull(key, by=BY)
        assert error.value.problems[0].code == codes.NO_SOURCE
        assert "secret" not in str(error.value)
    assert not AuditRecord.objects.filter(detail__contains="secret-word").exists()
    with sqlite3.connect(tmp_path / "other.db") as session:
        session.execute("CREATE TABLE r (count integer)")
    session.close()
    save_source("a", f"sqlite:///{tmp_path}/other.db", "r", "wells", by=BY)
    with pytest.raises(ProblemError, match="r has no code"):
        pull("a", by=BY)
    drop_source("a", by=BY)
    with pytest.raises(ProblemError, match="did you mean"):
        pull("bb", by=BY)


def test_operators_do_it_by_commands(declare: Declare, readings: Foreign) -> None:
    url, _execute = readings
    declare()

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(command, ["source", *arguments], catch_exceptions=False)
        assert result.exit_code == 0
        assert url not in result.output
        return result.output

    run("save", "other", url, "readings", "wells", "--since", "seen_at", "--every", "0 * * * *")
    assert orjson.loads(run("pull", "other", "--json")) == {"read": 2, "refused": 0, "changed": 2}
    (row,) = orjson.loads(run("list", "--json"))
    assert (row["key"], row["table"], row["problem"]) == ("other", "wells", None)
    assert row["position"].startswith("2025-03-01")
    assert "other" in run("list")
    run("drop", "other")
    assert orjson.loads(run("list", "--json")) == []


@pytest.mark.services
@MYSQL
def test_what_mysql_writes_in_its_own_way_is_read(declare: Declare) -> None:
    """Zero dates are empty, a TIMESTAMP is a moment; what does not fit is told by row."""
    declare(columns=(*COLUMNS, Column("amount", ColumnType.NUMBER, "金额", "Amount")))
    with mysql() as (url, execute):
        execute(
            "CREATE TABLE r (code varchar(20), region text, level_m decimal(20, 6), "
            "count bigint unsigned, is_wet bit(1), day date, seen_at timestamp(6) NULL, "
            "more json, amount float)"
        )
        execute("SET sql_mode = ''")
        text, more = "井😀'\\\\ 号", '{"深": [1, 2]}'
        execute(
            f"INSERT INTO r VALUES ('a', '{text.replace(chr(39), chr(39) * 2)}', 12345678901234.5, "
            f"9223372036854775807, 1, '2025-03-01', '2025-02-28 21:30:00.25', '{more}', 0.5), "
            "('b', NULL, -0.000001, 0, 0, '0000-00-00', '0000-00-00 00:00:00', NULL, NULL), "
            "('c', '', 0, 9223372036854775808, NULL, NULL, NULL, NULL, NULL), "
            "('d', '', 0, 1, NULL, '2025-03-00', NULL, NULL, NULL)"
        )
        save_source("other", url, "r", "wells", by=BY)
        (receipt,) = pull("other", by=BY)
        assert (receipt.read, receipt.accepted, receipt.refused) == (4, 2, 2)
        with reader() as ask:
            first, second = ask.sql("select * from wells order by code").to_pylist()
        assert first == {
            "code": "a", "region": "井😀'\\ 号", "level_m": 12345678901234.5, "count": 2**63 - 1,
            "is_wet": True, "day": date(2025, 3, 1),
            "seen_at": datetime(2025, 3, 1, 0, 30, 0, 250_000, tzinfo=UTC), "more": more, "amount": 0.5,
        }  # fmt: skip
        assert second == {**dict.fromkeys(first), "code": "b", "level_m": -1e-06, "count": 0, "is_wet": False}
        # from a TIMESTAMP on: the window is of moments, whatever the zone of the server
        execute("DELETE FROM r WHERE code <> 'a'")
        save_source("new", url, "r", "wells", by=BY, since="seen_at")
        assert [one.read for one in pull("new", by=BY)] == [1]
        for code, clock in (("e", "21:30:00.5"), ("f", "21:29:00")):
            execute(f"INSERT INTO r (code, seen_at) VALUES ('{code}', '2025-02-28 {clock}')")
        assert [one.read for one in pull("new", by=BY)] == [2]  # the last again, and the new one
        execute("CREATE USER IF NOT EXISTS 'known'@'127.0.0.1' IDENTIFIED BY 'secret-word'")
        port = urlsplit(url).port
        save_source("wrong", f"mysql://known:secret-wird@127.0.0.1:{port}/x", "r", "wells", by=BY)
        with pytest.raises(ProblemError, match="Access denied") as error:
            pull("wrong", by=BY)
        assert error.value.problems[0].code == codes.NO_SOURCE
        assert "secret" not in str(error.value)


def test_without_its_driver_mysql_is_not_read(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> None:
    declare()
    save_source("other", "mysql://127.0.0.1:1/x", "r", "wells", by=BY)
    with pytest.raises(ProblemError, match="Can't connect"):
        pull("other", by=BY)
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(ProblemError, match="driver for MySQL"):
        pull("other", by=BY)
