"""The indicators of all scenes over generated rows: a cluster says what DuckDB says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import beichen
from beichen.hubs.data.computing.declaration import Declaration, declare
from beichen.hubs.data.computing.periods import Unit
from beichen.hubs.data.computing.rewriting import IS_DEMO, question
from beichen.hubs.data.computing.trees import read_trees
from beichen.hubs.data.tests.counting import BY, CITY, EAST, STREET, WEST, town
from beichen.platforms.warehouse import service as warehouse
from beichen.settings import settings

__all__ = ["town"]

FILES = sorted((Path(beichen.__file__).parent / "scenes").glob("*/indicators/*.sql"))
ZONE = "Asia/Shanghai"
FIRST = datetime(2024, 12, 29, 15, 59, 59, tzinfo=UTC)  # a second before midnight of a Sunday here
PLACES = [CITY, EAST, STREET, WEST, "123456"]
WITHIN = [(date(2024, 12, 30), date(2025, 1, 2))]


def indicators() -> list[Declaration]:
    columns = warehouse.declared_columns()
    return [declare(path.read_text(encoding="utf-8"), path.stem, columns) for path in FILES]


def fill(found: list[Declaration]) -> None:
    """A hundred days around a new year; every moment, and words that the questions look for, or nothing."""
    chance = random.Random(7)
    words = sorted({part for one in found for part in one.text.split("'")[1::2]})

    def moment() -> datetime:
        return FIRST + timedelta(hours=chance.randrange(2400), microseconds=chance.choice((0, 1, 999_999)))

    def value(column: Any, number: int) -> Any:
        if not column.required and chance.random() < 0.2:
            return None
        if column.name == "region":
            return chance.choice(PLACES)
        if column.name == "body":
            return chance.choice(["bureau", "desk", "none"])
        if column.name == "code":
            return str(number)
        return {
            "text": lambda: chance.choice(words),
            "integer": lambda: chance.choice((0, 0, 1, 4)),
            "number": lambda: round(chance.uniform(-1, 120), chance.choice((0, 1, 3))),
            "boolean": lambda: chance.random() < 0.5,
            "date": lambda: moment().date(),
            "time": moment,
        }[column.type.value]()

    for name, count in (("cases", 1500), ("readings", 3000)):
        facts = next(row.facts for row in warehouse.tables() if row.name == name)
        rows = [{column.name: value(column, n) for column in facts.columns} for n in range(count)]
        warehouse.append(name, rows, by=BY, source="test", load="1")


def answers(found: list[Declaration]) -> Iterator[tuple[tuple[Any, ...], dict[Any, Any]]]:
    """What each grouping says: the first in every length and in some days, the others in their longest."""
    trees = read_trees()
    with warehouse.reader() as ask:
        for name, pairs in trees.closures().items():
            ask.register(name, pairs)
        for one in found:
            for number, grouping in enumerate(one.header.by):
                units: list[Unit] = list(grouping.every) if number == 0 else list(grouping.every)[-1:]
                for unit in units:
                    within = WITHIN if (number, unit) == (0, Unit.DAY) else None
                    sql = question(one, grouping, unit, zone=ZONE, root=trees.root.code, within=within)
                    rows = ask.sql(sql).to_pylist()
                    said = {tuple(row[key] for key in ("period", IS_DEMO, *grouping.names)): row["value"]
                            for row in rows}  # fmt: skip
                    assert len(said) == len(rows)
                    yield (one.key, grouping.names, unit), {key: plain(value) for key, value in said.items()}


def plain(value: Any) -> float | None:
    """A number as both write it; DuckDB's 0/0 is no number and no value of an indicator either."""
    if value is None or value != value:
        return None
    return float(value) if isinstance(value, int | Decimal) else value


@pytest.mark.services
@pytest.mark.engines
@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("town")
def test_every_indicator_is_the_same_on_a_cluster(
    spark_cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = indicators()
    fill(found)
    expected = dict(answers(found))
    monkeypatch.setenv("BEICHEN_WAREHOUSE_URL", spark_cluster)
    settings.cache_clear()
    for place, said in answers(found):
        assert said.keys() == expected[place].keys(), place
        # sums of doubles depend on their order in the last place
        assert said == pytest.approx(expected[place], rel=1e-12, abs=0), place
    assert sum(map(len, expected.values())) > 3000
    assert {key for key, *_ in expected} == {path.stem for path in FILES}
