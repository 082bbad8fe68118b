"""A process that brings rows into a table, and kills itself at a named point.

`python -m tests.crash.tables POINT | FILE`. Ten loads by name that add, ten that write by key.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
django.setup()

from django.db import connection  # Django first

from beichen.kernel.actor import system
from beichen.platforms.warehouse import receipts, writing
from beichen.platforms.warehouse.service import (
    Column,
    ColumnType,
    TableFacts,
    append,
    declare_tables,
    table,
    touched,
    upsert,
    verify,
)
from tests.crash.driver import after, before, nth

BY = system("crash")
COUNT = 10
COLUMNS = (
    Column("code", ColumnType.TEXT, "编号", "Code"),
    Column("seen_at", ColumnType.TIME, "时间", "Seen"),
)
POINTS: dict[str, Callable[[], None]] = {
    "added, no receipt": lambda: after(writing, "_append", nth(3)),
    "before the commit": lambda: before(writing, "_merge"),
    "written by key, no receipt": lambda: after(writing, "_upsert", nth(3)),
    "receipt written, not committed": lambda: after(receipts, "_keep", nth(4)),
}


def load() -> None:
    """The same loads each time."""
    for number in range(COUNT):
        row = {"code": str(number), "seen_at": f"2025-03-{number + 1:02}T00:00:00+00:00"}
        append("added", [row], by=BY, source="crash", load=str(number))
        upsert("keyed", [row, {**row, "code": "last"}], by=BY, source="crash", load=str(number))


def report(file: str) -> None:
    """What there is, a line for each table."""
    lines = []
    for name in ("added", "keyed"):
        row, found = table(name), touched(name, since=0)
        days = None if found.days is None else len(found.days["seen_at"])
        rows, receipts_kept = row.rows, row.receipts.count()
        lines.append(f"{name} {rows} {receipts_kept} {found.version} {days} {list(verify(name=name))}")
    Path(file).write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Die at the point that the arguments name, or write what there is into the file that they name."""
    (word,) = sys.argv[1:]
    if word in POINTS:
        POINTS[word]()
    keyed = TableFacts("keyed", "键", "Keyed", COLUMNS, ("code",))
    declare_tables([TableFacts("added", "加", "Added", COLUMNS), keyed], owner="scene:crash", by=BY)
    load()
    if word not in POINTS:
        report(word)
    connection.close()


if __name__ == "__main__":
    sys.modules["tests.crash.tables"] = sys.modules["__main__"]
    main()
