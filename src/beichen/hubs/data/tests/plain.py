"""A town's jobs in plain Python: each figure counted row by row, without SQL, versions and stretches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from beichen.hubs.data.computing.periods import Unit, period_of
from beichen.hubs.data.computing.recording import rounded
from beichen.hubs.data.tests.counting import CITY, COUNT, EAST, SHARE, STREET, WEST
from beichen.hubs.data.tests.test_steps import BUSIEST
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts

ZONE = ZoneInfo("Asia/Shanghai")
NORTH = "990104"
# as the town is, the street in the other district, and a new district that gets it
TREES: tuple[Mapping[str, str], ...] = (
    {EAST: CITY, STREET: EAST, WEST: CITY},
    {EAST: CITY, STREET: WEST, WEST: CITY},
    {EAST: CITY, STREET: NORTH, WEST: CITY, NORTH: CITY},
)
BODIES = {"bureau": "", "desk": "bureau"}
DESKS = TableFacts(
    "desks", "科室", "Desks",
    (
        Column("desk", ColumnType.TEXT, "科室", "Desk", required=True),
        Column("weight", ColumnType.INTEGER, "权重", "Weight"),
    ),
    key=("desk",),
)  # fmt: skip
PAIRS = """-- zh: 同类对数  en: Pairs  better: lower  every: day
select date_trunc('day', one.done_at) as period, count(*) as value
from jobs one join jobs other on one.event = other.event group by all
"""
WEIGHED = """-- zh: 加权数  en: Weighed  better: lower  every: month
select date_trunc('month', done_at) as period, sum(weight) as value
from jobs join desks on desks.desk = jobs.body group by all
"""
Row = Mapping[str, Any]
Key = tuple[str, str, str, str, str]


@dataclass
class Town:
    """What the tables hold, in plain Python."""

    rows: dict[str, Row] = field(default_factory=dict)
    desks: dict[str, int | None] = field(default_factory=dict)
    tree: Mapping[str, str] = field(default_factory=lambda: TREES[0])

    def done(self) -> Iterator[tuple[date, str, Row]]:
        """The rows with a moment: its day here, real or demo, and the row."""
        for row in self.rows.values():
            if row["done_at"] is not None:
                day = row["done_at"].astimezone(ZONE).date()
                yield day, "demo" if row["is_demo"] else "real", row

    def above(self, region: str | None) -> list[str]:
        """The regions in which a row counts."""
        if region is None or region not in self.tree:
            return [CITY]
        found = [region]
        while found[-1] != CITY:
            found.append(self.tree[found[-1]])
        return found


def bodies_above(body: str | None) -> list[str]:
    """The bodies for which a row counts."""
    if body is None:
        return []
    found = [body]
    while BODIES.get(found[-1]):
        found.append(BODIES[found[-1]])
    return found


def parts(here: Town, row: Row, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Region, dimension and member of everything that a row counts for, by groupings of these names."""
    for name in names:
        if name == "region":
            yield from ((region, "", "") for region in here.above(row["region"]))
        elif name == "body":
            yield from ((CITY, "body", body) for body in bodies_above(row["body"]))
        elif name == "event" and row["event"] is not None:
            yield CITY, "event", row["event"]
        elif name == "region+event" and row["event"] is not None:
            yield from ((region, "event", row["event"]) for region in here.above(row["region"]))


def grouped(
    here: Town,
    groupings: Mapping[str, tuple[Unit, ...]],
    pick: Callable[[Town], Iterable[tuple[date, str, Row]]],
) -> dict[Key, list[Row]]:
    """The rows behind each value."""
    found: dict[Key, dict[str, Row]] = defaultdict(dict)
    for day, kind, row in pick(here):
        for name, units in groupings.items():
            for region, dimension, member in parts(here, row, [name]):
                for unit in units:
                    key = (period_of(unit, day).text, region, dimension, member, kind)
                    found[key][row["code"]] = row
    return {key: list(rows.values()) for key, rows in found.items()}


def number(value: float, decimals: int = 2) -> float:
    """As values are kept."""
    kept = rounded(value, decimals)
    assert kept is not None
    return float(kept)


def share(here: Town) -> dict[Key, float]:
    every = (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR)
    groupings = {"region": every, "body": every, "event": every, "region+event": (Unit.MONTH,)}
    return {
        key: number(100.0 * sum(row["in_time"] is True for row in rows) / len(rows))
        for key, rows in grouped(here, groupings, Town.done).items()
    }


def count(here: Town) -> dict[Key, float]:
    def days(here: Town) -> Iterator[tuple[date, str, Row]]:
        for row in here.rows.values():
            if row["day"] is not None:
                yield row["day"], "demo" if row["is_demo"] else "real", row

    return {key: float(len(rows)) for key, rows in grouped(here, {"region": (Unit.MONTH,)}, days).items()}


def busiest(here: Town) -> dict[Key, float]:
    every = (Unit.DAY, Unit.MONTH)
    return {
        key: 2.0 * max(Counter(row["body"] for row in rows).values())
        for key, rows in grouped(here, {"region": every, "event": every}, Town.done).items()
    }


def pairs(here: Town) -> dict[Key, float]:
    events = Counter(row["event"] for row in here.rows.values() if row["event"] is not None)
    found: Counter[Key] = Counter()
    for day, kind, row in here.done():
        if row["event"] is not None:
            found[(day.isoformat(), CITY, "", "", kind)] += events[row["event"]]
    return {key: float(value) for key, value in found.items()}


def weighed(here: Town) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for day, kind, row in here.done():
        weight = here.desks.get(row["body"])
        if weight is not None:
            key = (day.isoformat()[:7], CITY, "", "", kind)
            found[key] = found.get(key, 0.0) + weight
    return found


EXPECTED = {"share": share, "count": count, "busiest": busiest, "pairs": pairs, "weighed": weighed}
TEXTS = {"share": SHARE, "count": COUNT, "busiest": BUSIEST, "pairs": PAIRS, "weighed": WEIGHED}
