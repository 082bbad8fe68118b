"""A folder of tables for each test, and a declared table to write into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beichen.kernel.actor import system
from beichen.platforms.warehouse.service import Check, Column, ColumnType, TableFacts, declare_tables
from beichen.settings import settings

BY = system("test")
COLUMNS = (
    Column("code", ColumnType.TEXT, "编号", "Code", required=True),
    Column("region", ColumnType.TEXT, "区域", "Region"),
    Column("level_m", ColumnType.NUMBER, "水位", "Level"),
    Column("count", ColumnType.INTEGER, "数量", "Count"),
    Column("is_wet", ColumnType.BOOLEAN, "有水", "Wet"),
    Column("day", ColumnType.DATE, "日期", "Day"),
    Column("seen_at", ColumnType.TIME, "时间", "Seen"),
    Column("more", ColumnType.JSON, "其他", "More"),
)
Declare = Callable[..., TableFacts]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test's tables lie."""
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path / "tables"
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def declare(db: None) -> Declare:
    """Declare a table of a scene; later declarations replace it."""

    def make(
        name: str = "wells",
        columns: tuple[Column, ...] = COLUMNS,
        key: tuple[str, ...] = ("code",),
        time: str = "seen_at",
        level: int = 2,
        keep_days: int | None = None,
        checks: tuple[Check, ...] = (),
    ) -> TableFacts:
        facts = TableFacts(name, "井", "Wells", columns, key, level, time, keep_days, checks=checks)
        declare_tables([facts], owner=f"scene:{name}", by=BY)
        return facts

    return make
