"""Indicators after late rows, corrections, splits of districts and changes beside them: as plain Python says.

What is expected is counted row by row, by a program that knows nothing of SQL, versions and stretches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.hubs.data.computing.declaration import declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.hubs.data.computing.periods import Unit, period_of
from beichen.hubs.data.computing.recording import rounded
from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.tests.counting import (
    BY,
    CITY,
    COUNT,
    EAST,
    KNOWN,
    OWNER,
    REGIONS,
    SHARE,
    STREET,
    WEST,
    put,
    run,
    town,
    values,
)
from beichen.hubs.data.tests.test_steps import BUSIEST
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts
from beichen.problem import Where

__all__ = ["town"]

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

# midnights and ends of months here: 16:00 UTC, and a microsecond on either side
edges = st.sampled_from(
    [
        datetime(2025, month, day, 16, tzinfo=UTC) + timedelta(microseconds=shift)
        for month, day in ((1, 31), (2, 28), (3, 31), (12, 31), (1, 5))
        for shift in (-1, 0, 1)
    ]
)
rows = st.fixed_dictionaries(
    {
        "code": st.sampled_from("ABCDE"),
        "region": st.sampled_from([STREET, EAST, WEST, NORTH, "123456", None]),
        "body": st.sampled_from(["desk", "bureau", "gone", None]),
        "event": st.sampled_from(["light", "water", None]),
        "done_at": st.none() | edges,
        "day": st.sampled_from([None, date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28)]),
        "in_time": st.sampled_from([True, False, None]),
        "is_demo": st.sampled_from([True, False, None]),
    }
)
steps = st.one_of(
    st.lists(rows, min_size=1, max_size=4).map(lambda found: ("put", found)),
    st.dictionaries(st.sampled_from(["desk", "bureau"]), st.integers(-3, 3), min_size=1).map(
        lambda found: ("weigh", found)
    ),
    st.sampled_from(TREES).map(lambda tree: ("split", tree)),
)


def carried_out(here: Town, step: tuple[str, Any]) -> None:
    """A step, in the tables and in plain Python."""
    word, what = step
    if word == "put":
        put(*what)
        here.rows |= {row["code"]: row for row in what}
    elif word == "weigh":
        told = [{"desk": desk, "weight": weight} for desk, weight in what.items()]
        warehouse.upsert("desks", told, by=BY, source="test")
        here.desks |= what
    else:
        names = {facts.code: facts for facts in REGIONS}
        facts = [RegionFacts(CITY, "虚城", "city")]
        for code, parent in what.items():
            kind = names[code].kind if code in names else "county"
            facts.append(RegionFacts(code, code, kind, parent))
        load_regions(facts, by=BY)
        here.tree = what


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.lists(steps, min_size=2, max_size=6))
def test_whatever_happens_the_figures_are_those_of_plain_counting(
    town: None, plan: list[tuple[str, Any]]
) -> None:
    warehouse.declare_tables([DESKS], owner="scene:desks", by=BY)
    known = {**KNOWN, "desks": DESKS.types}
    declared = [declare(text, key, known) for key, text in TEXTS.items()]
    declare_computations(declared, owner=OWNER, package="事项（jobs 1.0.0）", where=Where(), by=BY)
    here = Town()
    nothing = dict.fromkeys(TABLE_COLUMNS)
    carried_out(here, ("split", TREES[0]))
    carried_out(here, ("put", [{**nothing, "code": code} for code in "ABCDE"]))
    carried_out(here, ("weigh", {"desk": 0, "bureau": 0}))
    for step in plan:
        carried_out(here, step)
        outcomes = run()
        assert [one.problems for one in outcomes] == [()] * len(TEXTS)
        for key, expected in EXPECTED.items():
            assert values(key) == expected(here), (key, step)
    IndicatorValue.everything.all().delete()


TABLE_COLUMNS = tuple(KNOWN["jobs"])
