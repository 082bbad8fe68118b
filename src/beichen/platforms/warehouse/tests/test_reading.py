"""Questions: only questions, only over the tables, over exactly one version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.engines import embedded
from beichen.platforms.warehouse.service import append, reader, upsert
from beichen.platforms.warehouse.tests.conftest import BY, Declare
from beichen.problem import ProblemError
from beichen.settings import settings


@pytest.fixture
def wells(declare: Declare) -> None:
    declare()
    declare("pumps", time="")
    append("wells", [{"code": "a", "count": 1}, {"code": "b", "count": 2}], by=BY, source="t", load="1")


@pytest.mark.usefixtures("wells")
def test_tables_are_there_under_their_names_also_empty_ones() -> None:
    with reader() as ask:
        ask.register("more", pa.table({"code": ["a"], "x": [1]}))
        found = ask.sql(
            "with own as (select code from pumps) select w.code, more.x, (select count(*) from own) as n "
            "from wells w left join more using (code) order by 1"
        )
        assert found.to_pylist() == [{"code": "a", "x": 1, "n": 0}, {"code": "b", "x": None, "n": 0}]
        assert ask.versions == {"wells": 1, "pumps": -1}
        assert ask.sql("select seen_at from pumps").schema.types == [pa.timestamp("us", "Asia/Shanghai")]
        with pytest.raises(ValueError, match="is a table of the city"):
            ask.register("wells", pa.table({"code": ["a"]}))


@pytest.mark.usefixtures("wells")
def test_a_reader_stays_at_the_version_it_first_saw() -> None:
    with reader() as ask:
        assert ask.sql("select count(*) n from wells").to_pylist() == [{"n": 2}]
        upsert("wells", [{"code": "c"}], by=BY, source="t")
        assert ask.sql("select count(*) n from wells").to_pylist() == [{"n": 2}]
    with reader({"wells": -1}) as ask:
        assert ask.sql("select count(*) n from wells").to_pylist() == [{"n": 0}]
    with pytest.raises(ProblemError), reader({"wells": 99}) as ask:
        ask.sql("select * from wells")
    with pytest.raises(ProblemError, match="WHS-404"), reader({"welsl": 1}):
        pass


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("select from from", codes.BAD_SQL),
        ("select " + "(" * 5000, codes.BAD_SQL),
        ("select '" + "x" * 100_001 + "'", codes.BAD_SQL),
        ("", codes.NOT_A_QUESTION),
        ("select 1; select 2", codes.NOT_A_QUESTION),
        ("drop view wells", codes.NOT_A_QUESTION),
        ("create table t as select 1", codes.NOT_A_QUESTION),
        ("insert into wells values (1)", codes.NOT_A_QUESTION),
        ("update wells set code = 'x'", codes.NOT_A_QUESTION),
        ("copy wells to '/tmp/x'", codes.NOT_A_QUESTION),
        ("attach '/tmp/x.db'", codes.NOT_A_QUESTION),
        ("install httpfs", codes.NOT_A_QUESTION),
        ("set threads = 100", codes.NOT_A_QUESTION),
        ("pragma database_list", codes.NOT_A_QUESTION),
        ("explain select 1", codes.NOT_A_QUESTION),
        ("summarize wells", codes.NOT_A_QUESTION),
        ("select * into x from wells", codes.NOT_A_QUESTION),
        ("select * from read_csv('/etc/passwd')", codes.NOT_ALLOWED),
        ("select * from read_parquet('{folder}/pumps/*.parquet')", codes.NOT_ALLOWED),
        ("select (select content from read_text('/etc/passwd'))", codes.NOT_ALLOWED),
        ("select * from query('select 1')", codes.NOT_ALLOWED),
        ("select * from duckdb_settings()", codes.NOT_ALLOWED),
        ("select * from (select 1) t, lateral query('select * from duckdb_views()')", codes.NOT_ALLOWED),
        ("select * from (select 1) t, lateral \"QUERY\"('select 1')", codes.NOT_ALLOWED),
        ("select * from (select 1) t, lateral main.query('select 1')", codes.NOT_ALLOWED),
        ("select * from lateral query_table('wells')", codes.NOT_ALLOWED),
        ("select * from wells left join lateral glob('{folder}/**') on true", codes.NOT_ALLOWED),
        ("select * from wells, lateral json_execute_serialized_sql('x')", codes.NOT_ALLOWED),
        ("select * from wells, lateral summary(1)", codes.NOT_ALLOWED),
        ("select current_setting('allowed_directories')", codes.NOT_ALLOWED),
        ("select reflect('java.lang.System', 'getenv', 'HOME')", codes.NOT_ALLOWED),
        ("select * from glob('/*')", codes.NOT_ALLOWED),
        ("select * from information_schema.tables", codes.NOT_ALLOWED),
        ("select * from main.wells", codes.NOT_ALLOWED),
        ("select * from wells at (version => 1)", codes.NOT_ALLOWED),
        ("select * from '/etc/passwd'", codes.NO_TABLE),
        ("select * from welsl", codes.NO_TABLE),
        ("select * from duckdb_views", codes.NO_TABLE),
        ("with a as (select 1) select (select max(x) from b) from a", codes.NO_TABLE),
        ("select cuont from wells", codes.FAILED_SQL),
        ("select code + 1 from wells", codes.FAILED_SQL),
    ],
)
@pytest.mark.usefixtures("wells")
def test_what_is_no_question_over_the_tables_is_refused(folder: Path, text: str, code: str) -> None:
    with reader() as ask, pytest.raises(ProblemError) as error:
        ask.sql(text.replace("{folder}", str(folder)))
    assert error.value.problems[0].code == code


@pytest.mark.usefixtures("wells")
@pytest.mark.parametrize(
    "text",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('https://example.org/x.csv')",
        "copy (select 1) to '{folder}/../x.csv'",
        "attach '{folder}/../x.db'",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "install httpfs",
        "load httpfs",
        "select * from here",
    ],
)
def test_the_engine_itself_reaches_nothing_beyond_the_tables(folder: Path, text: str) -> None:
    """Were a text to get past both parsers."""
    here = pa.table({"x": [1]})
    session = embedded.Embedded("duckdb://").connect()
    with pytest.raises(ProblemError) as error:
        session._run(text.replace("{folder}", str(folder)))
    session.close()
    assert (error.value.problems[0].code, here.num_rows) == (codes.FAILED_SQL, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("select * from (select 1) t, lateral query('select 1')", codes.NOT_ALLOWED),
        ("from a where exists (from \"GLOB\"('/*'))", codes.NOT_ALLOWED),
        (
            "with recursive b as (select 1 x union all select x from b, duckdb_views()) from b",
            codes.NOT_ALLOWED,
        ),
        ("select 1; select * from read_text('/etc/hostname')", codes.NOT_ALLOWED),
        ("select [x for x in (select list(y) from pragma_version() as v(y, z))]", codes.NOT_ALLOWED),
        ("copy (select 1) to 'x'", codes.NOT_A_QUESTION),
        ("set memory_limit = '1GB'", codes.NOT_A_QUESTION),
        ("selec 1", codes.FAILED_SQL),
    ],
)
def test_a_text_that_gets_past_the_first_parser_is_read_by_the_engines_own(text: str, code: str) -> None:
    session = embedded.Embedded("duckdb://").connect()
    session.register("a", pa.table({"x": [1]}))
    for ask in (session.sql, session.stream):
        with pytest.raises(ProblemError) as error:
            ask(text)
        assert error.value.problems[0].code == code
    assert session.sql("from a, range(2) r, unnest([3, 4]) u").num_rows == 4
    session.close()


def test_an_engine_has_the_limits_that_its_address_says() -> None:
    session = embedded.Embedded("duckdb://?memory=64MB&threads=1").connect()
    limits = session.sql("select current_setting('memory_limit') m, current_setting('threads') t").to_pylist()
    assert limits == [{"m": "61.0 MiB", "t": 1}]
    with pytest.raises(ProblemError, match="WHS-204"):
        session.sql("select list(i) from range(100000000) t(i)")
    session.close()


@pytest.mark.parametrize("url", ["duckdb://?memory=much", "duckdb://?threads=x", "duckdb://?speed=1"])
def test_an_address_that_no_engine_understands_is_said(url: str) -> None:
    with pytest.raises(ProblemError) as error:
        embedded.Embedded(url).connect()
    assert error.value.problems[0].code == codes.NO_ENGINE


@pytest.mark.usefixtures("wells")
def test_a_reader_asks_the_database_once() -> None:
    with reader():
        pass  # the tables of rooms have their rows now
    with CaptureQueriesContext(connection) as queries, reader() as ask:
        ask.sql("select * from wells, pumps")
        ask.sql("select * from wells")
    assert len(queries) <= 2


def test_the_service_imports_nothing_heavy() -> None:
    """The web process and the command line start without Arrow, Delta, DuckDB and Ibis."""
    program = (
        "import os, sys, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'beichen.house.django'\n"
        "django.setup()\n"
        "import beichen.platforms.warehouse.service\n"
        "print(sorted({'pyarrow', 'deltalake', 'duckdb', 'pandas'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_tables_in_a_bucket_get_the_environments_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_TABLES_URL", "s3://city/tables/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000")
    settings.cache_clear()
    assert storage.is_remote()
    assert storage.place_of("wells") == "s3://city/tables/wells"
    assert (storage.options() or {}).get("AWS_ALLOW_HTTP") == "true"
