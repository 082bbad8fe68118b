"""The contract of reading, on every engine: one question, one answer.

What DuckDB says stands here as it was written; Spark must say the same.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from beichen.kernel.actor import system
from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.engines import engine
from beichen.platforms.warehouse.engines.cluster import Cluster
from beichen.platforms.warehouse.engines.dialect import translated
from beichen.platforms.warehouse.facts import ColumnType
from beichen.platforms.warehouse.service import append, ask, reader, upsert
from beichen.platforms.warehouse.tests.conftest import BY, COLUMNS, Declare
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = [
    # PySpark leaves its sockets to the collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SPARK = pytest.param(
    "spark", marks=[pytest.mark.services, pytest.mark.engines, pytest.mark.xdist_group("spark")]
)
MOMENT = datetime(2025, 3, 2, 16, 30, 15, 250_000, tzinfo=UTC)  # half past midnight of Monday, the 3rd, here
ROWS = [
    {"code": "a", "region": "东'区\\", "level_m": 1.5, "count": 2**53 + 1, "is_wet": True,
     "day": date(2025, 3, 2), "seen_at": MOMENT, "more": {"x": {"y": "z"}}},
    {"code": "b", "level_m": -2.5, "count": 7, "is_wet": False, "day": date(2024, 12, 30),
     "seen_at": MOMENT + timedelta(hours=24)},
    {"code": "c", "count": -7, "seen_at": datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)},
    {"code": "d"},
]  # fmt: skip


@pytest.fixture(params=["duckdb", SPARK])
def asked(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine that answers."""
    if request.param == "spark":
        monkeypatch.setenv("BEICHEN_WAREHOUSE_URL", request.getfixturevalue("spark_cluster"))
        settings.cache_clear()
    return str(request.param)


@pytest.fixture
def wells(asked: str, declare: Declare) -> str:
    """A table in three versions and two months."""
    declare()
    append("wells", ROWS[:2], by=BY, source="t", load="1")
    upsert("wells", ROWS[2:], by=BY, source="t")
    return asked


def said_by(text: str, pairs: Any = None) -> list[tuple[Any, ...]]:
    with reader() as asks:
        if pairs is not None:
            asks.register("pairs", pairs)
        return [tuple(row.values()) for row in asks.sql(text).to_pylist()]


# each question, and what it must be answered with
ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    # every type
    "select * from wells where code = 'a'": [
        ("a", "东'区\\", 1.5, 2**53 + 1, True, date(2025, 3, 2), MOMENT, '{"x":{"y":"z"}}')
    ],
    # nothing comes last, upwards and downwards
    "select code from wells order by level_m desc, count": [("a",), ("b",), ("c",), ("d",)],
    "select code from wells order by level_m, code": [("b",), ("a",), ("c",), ("d",)],
    # days are the city's, and begin as moments
    """select cast(seen_at as date), cast(date_trunc('day', seen_at) as date), day(seen_at), hour(seen_at)
       from wells where code < 'd' order by code""": [
        (date(2025, 3, 3), date(2025, 3, 3), 3, 0),
        (date(2025, 3, 4), date(2025, 3, 4), 4, 0),
        (date(2000, 1, 1), date(2000, 1, 1), 1, 7),
    ],
    "select date_trunc('day', seen_at), date_trunc('week', seen_at) from wells where code = 'a'": [
        (datetime(2025, 3, 2, 16, tzinfo=UTC), datetime(2025, 3, 2, 16, tzinfo=UTC))
    ],
    # weeks begin on Monday
    """select cast(date_trunc('week', day) as date), week(day), dayofweek(day), isodow(day),
       extract(dow from day), extract(isodow from day) from wells where code < 'c' order by code""": [
        (date(2025, 2, 24), 9, 0, 7, 0, 7),
        (date(2024, 12, 30), 1, 1, 1, 1, 1),
    ],
    """select date_trunc('day', day), date_trunc('month', day), date_trunc('quarter', day),
       date_trunc('year', day) from wells where code = 'a'""": [
        (datetime(2025, 3, 2), datetime(2025, 3, 1), datetime(2025, 1, 1), datetime(2025, 1, 1))
    ],
    # another zone
    """select cast(date_trunc('month', seen_at at time zone 'UTC') as date),
       cast(seen_at at time zone 'Asia/Tokyo' as date),
       cast('2025-03-01 00:00:00' as timestamp) at time zone 'UTC' = timestamptz '2025-03-01 08:00:00+08:00'
       from wells where code = 'c'""": [(date(1999, 12, 1), date(2000, 1, 1), True)],
    """select count(*) from wells where seen_at >= cast('2025-03-02 16:00:00+00:00' as timestamptz)
       and seen_at < cast('2025-03-03 16:00:00+00:00' as timestamptz)""": [(1,)],
    # boundaries between moments, not whole units
    """select date_diff('second', a, b), date_diff('minute', a, b), date_diff('day', a, b),
       date_diff('week', a, b), date_diff('month', a, b), date_diff('year', b, a) from (select
       timestamptz '2024-12-31 23:59:59.9+08:00' as a, timestamptz '2025-01-01 00:00:00.1+08:00' as b)""": [
        (1, 1, 1, 0, 1, -1)
    ],
    # division
    """select 1 / 2, -7 // 2, -7 % 3, 7 // 0, 7 % 0, 2 / 3 * 3,
       100.0 * count(*) filter (where is_wet) / count(*) from wells""": [
        (0.5, -3, -1, None, None, 2.0, 25.0)
    ],
    # decimals
    """select 0.1 + 0.2 = 0.3, round(cast(2.5 as double)), round(cast(-1.25 as double), 1),
       cast('1.005' as decimal(10, 3)) * 2 = 2.010, sum(count), avg(count)
       from wells where code in ('b', 'c')""": [(True, 3.0, -1.3, True, 0, 0.0)],
    # groups
    """select is_wet, count(*), count(level_m), min(level_m), max(count) from wells
       group by all order by 1""": [
        (False, 1, 1, -2.5, 7),
        (True, 1, 1, 1.5, 2**53 + 1),
        (None, 2, 0, None, -7),
    ],
    # words: marks, strokes and dollars stay what they are
    """select concat(region, code), region || code, '${env:PATH}', 'a''b\\',
       region like '东%', json_extract_string(more, '$.x.y')
       from wells where code in ('a', 'b') order by code""": [
        ("东'区\\a", "东'区\\a", "${env:PATH}", "a'b\\", True, "z"),
        ("b", None, "${env:PATH}", "a'b\\", None, None),
    ],
    """select code from wells where region is distinct from 'x' and level_m is not distinct from null
       order by 1""": [("c",), ("d",)],
    # windows, parts, registered rows, Chinese names
    """with best as (select code, row_number() over (order by level_m, code) as place from wells)
       select w.code as "编号", place from wells w semi join pairs using (code) join best using (code)
       order by 1""": [("a", 2), ("c", 3)],
    """select median(count), quantile_cont(count, 0.25), count(distinct is_wet)
       from wells where code > 'a'""": [(0.0, -3.5, 1)],
}


def test_a_question_has_one_answer(wells: str) -> None:
    pairs = pa.table({"code": ["a", "c"]})
    found = {text: said_by(text, pairs) for text in ANSWERS}
    assert found == ANSWERS, wells


def test_times_come_in_the_citys_zone_and_tables_at_their_version(wells: str, declare: Declare) -> None:
    declare("pumps", time="")
    with reader({"wells": 1}) as asks:
        assert asks.sql("select count(*) as n from wells").to_pylist() == [{"n": 2}]
        upsert("wells", [{"code": "e"}], by=BY, source="t")
        assert asks.sql("select count(*) as n from wells").to_pylist() == [{"n": 2}]
        assert asks.sql("select seen_at from pumps").schema.types == [pa.timestamp("us", "Asia/Shanghai")]
        assert asks.versions == {"wells": 1, "pumps": -1}, wells


def test_a_column_more_is_empty_and_a_wider_one_wide_before_the_files_follow(
    asked: str, declare: Declare
) -> None:
    declare(columns=COLUMNS[:4], time="")
    append("wells", [{"code": "a", "count": 3}], by=BY, source="t", load="1")
    declare(columns=(*COLUMNS[:3], replace(COLUMNS[3], type=ColumnType.NUMBER), *COLUMNS[4:]), time="")
    text = "select count / 2, day, count from wells order by code"
    assert said_by(text) == [(1.5, None, 3.0)], asked
    upsert("wells", [{"code": "b", "count": 0.5, "day": date(2025, 3, 1)}], by=BY, source="t")
    assert said_by(text) == [(1.5, None, 3.0), (0.25, date(2025, 3, 1), 0.5)], asked


REFUSED = {
    "select cuont from wells": codes.FAILED_SQL,
    "select code + 1 from wells": codes.FAILED_SQL,
    "select cast(code as integer) from wells": codes.FAILED_SQL,
    "select reflect('java.lang.System', 'getenv', 'PATH')": codes.NOT_ALLOWED,
    "select java_method('java.lang.System', 'getenv', 'PATH')": codes.NOT_ALLOWED,
    "select * from parquet.wells": codes.NOT_ALLOWED,
}


def test_what_cannot_be_answered_is_said(wells: str) -> None:
    found = {}
    with reader() as asks:
        for text in REFUSED:
            with pytest.raises(ProblemError) as error:
                asks.sql(text)
            found[text] = error.value.problems[0].code
    assert found == REFUSED, wells


def test_a_question_can_be_ended(wells: str) -> None:
    with reader() as asks:
        asks.register("n", pa.table({"x": range(5000)}))
        timer = threading.Timer(2, asks.stop)
        timer.start()
        with pytest.raises(ProblemError) as error:
            asks.sql("select count(*) from n a, n b, n c where (a.x * b.x + c.x) % 7 = 1")
    assert error.value.problems[0].code == codes.FAILED_SQL, wells


def test_whoever_asks_gets_their_part(wells: str) -> None:
    answer = ask("select code, seen_at from wells order by code", by=system("test"), limit=2)
    assert (answer.rows.column("code").to_pylist(), answer.is_whole) == (["a", "b"], False), wells


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("spark://127.0.0.1:1", "Spark answers"),
        ("spark://127.0.0.1:1?speed=1", "names speed"),
    ],
)
def test_an_address_where_nothing_answers_is_said(
    monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("BEICHEN_WAREHOUSE_URL", url)
    settings.cache_clear()
    with pytest.raises(ProblemError, match=words) as error:
        engine().connect()
    assert error.value.problems[0].code == codes.NO_ENGINE


def test_a_bucket_is_no_folder_that_a_cluster_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_TABLES_URL", "s3://city/tables")
    settings.cache_clear()
    with pytest.raises(ProblemError, match="a folder alone"):
        Cluster("spark://127.0.0.1:1").connect()


@pytest.mark.parametrize(
    "text", ["select x() from t", "select current_user", "select date_trunc('century', a)"]
)
def test_what_spark_would_say_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ProblemError) as error:
        translated(text, {})
    assert error.value.problems[0].code == codes.FAILED_SQL
