"""A small town with a table of jobs, for the tests of computed indicators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from beichen.hubs.data import service
from beichen.hubs.data.computing.declaration import declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.hubs.data.models import IndicatorValue
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import BodyFacts, RegionFacts, load_bodies, load_regions
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts
from beichen.problem import Where
from beichen.settings import settings

BY = system("test")
OWNER = "scene:jobs"
CITY, EAST, STREET, WEST = "990100", "990102", "990102001", "990103"
REGIONS = (
    RegionFacts(CITY, "虚城", "city"),
    RegionFacts(EAST, "东区", "county", CITY),
    RegionFacts(STREET, "东街", "street", EAST),
    RegionFacts(WEST, "西区", "county", CITY),
)
BODIES = (
    BodyFacts("bureau", "局", "Bureau", "department", region=CITY),
    BodyFacts("desk", "科", "Desk", "department", "bureau", EAST),
)
COLUMNS = tuple(
    Column(name, kind, name, name, required=name == "code")
    for name, kind in {
        "code": ColumnType.TEXT, "region": ColumnType.TEXT, "body": ColumnType.TEXT,
        "event": ColumnType.TEXT, "done_at": ColumnType.TIME, "day": ColumnType.DATE,
        "in_time": ColumnType.BOOLEAN, "is_demo": ColumnType.BOOLEAN,
    }.items()
)  # fmt: skip
TABLE = TableFacts("jobs", "事", "Jobs", COLUMNS, key=("code",), time="done_at")
KNOWN = {"jobs": TABLE.types}
SHARE = """-- zh: 按时率  en: In time  unit: "%"  better: higher
-- every: day, week, month, year  by: region, body, event, region+event (month)  target: ">= 95"
select region, body, event, date_trunc('day', done_at) as period,
       100.0 * count(*) filter (where in_time) / count(*) as value
from jobs where done_at is not null group by all
"""
COUNT = """-- zh: 办件数  en: Jobs  unit: 件  better: neutral  every: month  by: region  decimals: 0
select region, date_trunc('month', day) as period, count(*) as value from jobs group by all
"""


@pytest.fixture
def town(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Regions, bodies, the table, and a folder of its own for the rows."""
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    load_roles(by=BY)
    load_regions(REGIONS, by=BY)
    load_bodies(BODIES, by=BY)
    warehouse.declare_tables([TABLE], owner=OWNER, by=BY)
    yield
    monkeypatch.undo()
    settings.cache_clear()


def define(**texts: str) -> None:
    """Declare indicators by key (``_`` for ``-``) as a scene would; others of the owner are withdrawn."""
    declared = [declare(text, key.replace("_", "-"), KNOWN) for key, text in texts.items()]
    declare_computations(declared, owner=OWNER, package="事项（jobs 1.0.0）", where=Where(), by=BY)


def put(*rows: dict[str, Any]) -> None:
    """Write rows by their code."""
    warehouse.upsert("jobs", list(rows), by=BY, source="test")


def run(*keys: str, whole: bool = False) -> list[service.Outcome]:
    """Compute."""
    return service.compute(keys, by=BY, whole=whole)


def values(key: str, **narrowed: Any) -> dict[tuple[str, ...], float]:
    """Every value: (period, region, dimension, member, kind) → number."""
    rows = IndicatorValue.everything.filter(indicator__key=key, **narrowed).select_related("region")
    return {
        (row.period, row.region.code, row.dimension, row.member, row.kind): float(row.value) for row in rows
    }


def at(day: int, hour: int = 4, month: int = 3) -> datetime:
    """A time of 2025 in UTC; the city's clocks are eight hours ahead."""
    return datetime(2025, month, day, hour, tzinfo=UTC)


JOB: dict[str, Any] = {
    "code": "1", "region": STREET, "body": "desk", "event": "light", "done_at": at(3), "in_time": True,
}  # fmt: skip
