"""WITH in an indicator: constants and steps, within the same promises as a single SELECT."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import expressions as exp

import beichen
from beichen.hubs.data.computing.declaration import declare
from beichen.hubs.data.computing.periods import Unit
from beichen.hubs.data.computing.rewriting import question
from beichen.hubs.data.tests.counting import (
    CITY,
    EAST,
    JOB,
    KNOWN,
    STREET,
    WEST,
    at,
    define,
    put,
    run,
    town,
    values,
)  # fmt: skip
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts
from beichen.problem import ProblemError

__all__ = ["town"]

HEAD = '-- zh: 数  en: Number  unit: "1"  better: lower  every: day, month  by: region, event\n'
WEIGHTS = "weights(kind, weight) as (values ('light', 2), ('water', -3))"
FIRST = """counted as (
  select region, event, body as desk, date_trunc('day', done_at) as period, count(*) as number
  from jobs group by all)"""
# the busiest desk's number, weighed: an aggregate of an aggregate
BUSIEST = f"""{HEAD}with {WEIGHTS}, {FIRST},
weighed as (
  select counted.region, counted.period, counted.event, desk, sum(number * weight) as number
  from counted left join weights on weights.kind = 'light' group by all)
select region, period, event, max(number) as value from weighed group by all
"""


def test_steps_are_computed_for_every_level_as_one(town: None) -> None:
    """The busiest desk of a district is that of all its rows, not the busiest of a street."""
    define(busiest=BUSIEST)
    put(
        JOB,
        {**JOB, "code": "2", "region": EAST},
        {**JOB, "code": "3", "region": WEST, "body": "bureau"},
        {**JOB, "code": "4", "region": WEST, "body": "bureau", "done_at": at(4)},
        {**JOB, "code": "5", "region": WEST, "body": "bureau", "done_at": at(4), "is_demo": True},
    )
    (outcome,) = run()
    assert outcome.problems == ()
    found = {
        key[:2]: value
        for key, value in values("busiest", length="day", dimension="").items()
        if key[4] == "real"
    }
    assert found == {
        ("2025-03-03", CITY): 4.0, ("2025-03-03", EAST): 4.0, ("2025-03-03", STREET): 2.0,
        ("2025-03-03", WEST): 2.0, ("2025-03-04", CITY): 2.0, ("2025-03-04", WEST): 2.0,
    }  # fmt: skip
    month = values("busiest", length="month", dimension="", region__code=CITY)
    assert month == {("2025-03", CITY, "", "", "real"): 4.0, ("2025-03", CITY, "", "", "demo"): 2.0}
    parts = values("busiest", length="month", dimension="event")
    assert parts[("2025-03", CITY, "event", "light", "real")] == 4.0
    put({**JOB, "code": "2", "region": EAST, "done_at": at(5)})
    (second,) = run()
    assert not second.is_whole
    again = values("busiest")
    run(whole=True)
    assert values("busiest") == again


def test_the_cut_by_period_and_the_sources_are_those_of_the_first_step() -> None:
    declared = declare(BUSIEST, "x", KNOWN)
    assert declared.sources == {"jobs": ("body", "done_at", "event", "region")}
    assert declared.tables == ("jobs",)
    assert not declared.is_sum
    sql = question(
        declared, declared.header.by[0], Unit.DAY, zone="Asia/Shanghai", root="990100",
        within=[(date(2025, 3, 1), date(2025, 3, 2))],
    )  # fmt: skip
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    (first,) = [query.this for query in tree.find_all(exp.CTE) if query.alias == "counted"]
    assert "2025-02-28 16:00:00" in first.args["where"].sql()
    assert "_regions" in {table.name for table in first.find_all(exp.Table)}
    assert "event" not in {item.alias_or_name for item in tree.expressions}, "another grouping's dimension"


def told(text: str) -> list[str]:
    """What is wrong, without its place."""
    with pytest.raises(ProblemError) as refused:
        declare(text, "x", KNOWN)
    return [str(problem) for problem in refused.value.problems]


LAST = "select region, period, event, max(number) as value from counted group by all"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"with jobs as (select 1) {LAST}", "something else is called jobs already"),
        (f"with {FIRST}, {FIRST} {LAST}", "something else is called counted already"),
        (f"with _x(a) as (values (1)), {FIRST} {LAST}", "a name begins with a letter: _x"),
        (f"with x as (values (1)), {FIRST} {LAST}", "the columns of x have no names"),
        (f"with x(a, b) as (values (1)), {FIRST} {LAST}", "a row of x is no list of 2 constants"),
        (f"with x(a) as (values (now())), {FIRST} {LAST}", "DAT-205"),
        (f"with x(a) as (values (1 + 1)), {FIRST} {LAST}", "a row of x is no list of 1 constants"),
        (f"with {FIRST.replace('counted as', 'counted(a, b, c, d, e) as')} {LAST}", "names its columns"),
        (f"with recursive {FIRST} {LAST}", "this cannot stand in an indicator: WITH"),
        (f"with x as (with {FIRST} {LAST}) {LAST}", "this cannot stand in an indicator: WITH"),
        (f"with {FIRST} {LAST.replace('from counted', 'from (select * from counted)')}", "(SELECT …)"),
        (f"with {FIRST} {LAST.replace('from counted', 'from jobs')}", "no table is called jobs"),
        (f"with {FIRST}, other as ({LAST.replace('counted', 'jobs')}) {LAST}", "no table is called jobs"),
        (f"with {WEIGHTS}, {FIRST} {LAST.replace('from counted', 'from weights')}", "reads counted first"),
        (f"with {FIRST} {LAST.replace('region, ', '')}", "the SELECT yields no region"),
        (f"with {FIRST.replace('region, ', '')} {LAST}", "counted has no column region"),
        (f"with {FIRST} {LAST.replace('region,', 'desk as region,')}", "region is that of counted"),
        (f"with {FIRST} {LAST.replace('period,', chr(39) + 'x' + chr(39) + ' as period,')}",
         "period is that of counted"),
        (f"with {FIRST} {LAST.replace('group by', chr(119) + 'here region = 1 group by')}",
         "a later step yields region and does nothing else with it"),
        (f"with {FIRST} {LAST.replace('max(number)', 'max(numbr)')}", "counted has no column numbr"),
        (f"with {FIRST} {LAST.replace('max(number)', 'number')}", "the value is no aggregate"),
        (f"with {FIRST.replace('group by all', '')} {LAST}", "the SELECT does not say GROUP BY"),
        (f"with {FIRST.replace('as number', 'as _number')} {LAST}", "_number"),
        (f"with {', '.join(f'c{n}(a) as (values (1))' for n in range(20))}, {FIRST} {LAST}", "more than 20"),
        (f"with x(a) as (values {', '.join(['(1)'] * 1001)}), {FIRST} {LAST}", "more than 1000 rows"),
        (f"with {FIRST} {LAST} limit 3", "LIMIT"),
        (f"with {FIRST}, gone as (delete from jobs returning 1) {LAST}", "DAT-20"),
    ],
)  # fmt: skip
def test_what_with_may_not_name_is_told(text: str, words: str) -> None:
    found = told(HEAD + text)
    assert any(words in line for line in found), found


def test_constants_alone_may_be_joined(town: None) -> None:
    text = f"""-- zh: 数  en: Number  better: lower  every: month
with {WEIGHTS}
select date_trunc('month', done_at) as period, sum(weight) as value
from jobs join weights on weights.kind = jobs.event group by all
"""
    define(weight=text)
    put(JOB, {**JOB, "code": "2", "event": "water"}, {**JOB, "code": "3", "event": None})
    run()
    assert values("weight") == {("2025-03", CITY, "", "", "real"): -1.0}


# ── the index of the air, as it was said without steps ────────────────────────────────────────────────

BREAKS: dict[str, list[float]] = {
    "pm25_ugm3": [0, 35, 75, 115, 150, 250, 350, 500],
    "pm10_ugm3": [0, 50, 150, 250, 350, 420, 500, 600],
    "so2_ugm3": [0, 50, 150, 475, 800, 1600, 2100, 2620],
    "no2_ugm3": [0, 40, 80, 180, 280, 565, 750, 940],
    "co_mgm3": [0, 2, 4, 14, 24, 36, 48, 60],
    "o3_ugm3": [0, 160, 200, 300, 400, 800, 1000, 1200],
}
INDEX = [0, 50, 100, 150, 200, 300, 400, 500]
READINGS = TableFacts(
    "readings", "读数", "Readings",
    tuple(Column(name, kind, name, name) for name, kind in {
        "region": ColumnType.TEXT, "measure": ColumnType.TEXT, "measured_at": ColumnType.TIME,
        "value": ColumnType.NUMBER,
    }.items()),
)  # fmt: skip


def index_of(measure: str, mean: float) -> float:
    """HJ 633-2012, table 1, by its formula."""
    points = BREAKS[measure]
    if mean >= points[-1]:
        return INDEX[-1]
    place = next(number for number, point in enumerate(points) if mean <= point and number) - 1
    low, high = points[place], points[place + 1]
    return INDEX[place] + (INDEX[place + 1] - INDEX[place]) / (high - low) * (mean - low)


@pytest.mark.parametrize("measure", BREAKS)
def test_the_index_of_the_air_is_that_of_the_table(measure: str) -> None:
    """Every break point and the middle between two, for each of the six."""
    import duckdb

    file = Path(beichen.__file__).parent / "scenes/air-quality/indicators/daily-aqi.sql"
    declared = declare(file.read_text(encoding="utf-8"), "daily-aqi", {"readings": READINGS.types})
    sql = question(declared, declared.header.by[0], Unit.DAY, zone="UTC", root="990100")
    points = BREAKS[measure]
    middles = [(low + high) / 2 for low, high in pairwise(points)]
    cases: list[Any] = [*points, *middles, points[-1] * 2]
    rows = ", ".join(
        f"('990102', '{name}', timestamptz '2025-01-01 06:00:00+00' + interval ({day}) day, {value})"
        for day, mean in enumerate(cases)
        for name, value in ((measure, mean), ("level_m", 9_000))
    )
    with duckdb.connect() as engine:
        engine.execute("set timezone = 'UTC'")
        engine.execute(
            f"create table readings as from (values {rows}) as t(region, measure, measured_at, value)"
        )
        engine.execute("create table _regions as select '990102' as _code, '990102' as _ancestor")
        found = dict(engine.execute(f"select period, value from ({sql}) order by 1").fetchall())
    wanted = [index_of(measure, mean) for mean in cases]
    assert list(found.values()) == pytest.approx(wanted, abs=1)
    exact = [number for number, value in enumerate(wanted) if value == int(value)]
    assert [list(found.values())[number] for number in exact] == [wanted[number] for number in exact]


def test_a_desk_s_level_is_that_of_what_the_steps_count(town: None) -> None:
    """Rights are asked of the columns of tables, whatever a step calls them."""
    declared = declare(
        BUSIEST.replace("body as desk", "body as harmless").replace("desk,", "harmless,"), "x", KNOWN
    )
    assert "body" in declared.sources["jobs"]
    assert set(warehouse.lineage_of(BUSIEST, {"jobs": KNOWN["jobs"]})["value"]) <= {
        "jobs.code",
        "weights.weight",
    }
