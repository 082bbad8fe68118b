"""The process that :mod:`bench.indicators` starts: `python -m bench._indicators 100000 1000000`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import django

from bench.measure import Row, seconds

TIMES = 3
LOAD = 10_000_000  # rows at once
KEY = "handled-in-time"
MONTHLY = """-- zh: 按时处置率  en: Handled in time  unit: "%"  better: higher  every: month  by: region
select region, date_trunc('day', handled_at) as period,
       100.0 * count(*) filter (where handled_in_time) / count(*) as value
from {table} where handled_at is not null group by all
"""
# three years of cases over some thousand regions; every seventh is not handled yet
ROWS = """
select 'C' || i as code, r.code as region,
       to_timestamp(1672531200 + (hash(i) % 94608000)::bigint) as opened_at,
       case when i % 7 <> 0 then to_timestamp(1672531200 + (hash(i) % 94608000)::bigint + i % 500000) end
           as handled_at,
       i % 5 <> 0 as handled_in_time, false as is_demo
from range({first}, {last}) t(i) join regions r on r.number = (hash(i * 7) % {regions})::bigint
"""


def main(sizes: list[int]) -> None:
    """Load the city, write tables of each size, measure; the last line of output is the rows as JSON."""
    django.setup()
    from django.core.management import call_command

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.scene import service as packages
    from beichen.kernel.scene.section import PackageKind

    call_command("migrate", verbosity=0)
    by = system("bench")
    load_roles(by=by)
    packages.install(packages.find_package("changchun", PackageKind.CITY), by=by, kind=PackageKind.CITY)
    print(json.dumps([asdict(row) for size in sizes for row in _measured(size, by)]))


def _measured(size: int, by: Any) -> list[Row]:
    from beichen.hubs.data import service
    from beichen.hubs.data.computing.declaration import declare
    from beichen.hubs.data.computing.declaring import declare_computations
    from beichen.hubs.data.models import IndicatorValue
    from beichen.platforms.warehouse import service as warehouse
    from beichen.problem import Where

    name = f"bench_{size}"
    facts = _facts(name)
    warehouse.declare_tables([facts], owner=f"scene:bench-{size}", by=by)
    for first in range(0, size, LOAD):
        rows = _rows(first, min(first + LOAD, size))
        warehouse.append(name, rows, by=by, source="bench", load=str(first))
    key = f"{KEY}-{size}"
    declared = declare(MONTHLY.format(table=name), key, {name: facts.types})
    declare_computations([declared], owner=f"scene:bench-{size}", package="bench", where=Where(), by=by)

    def all_of_it(whole: bool = True) -> None:
        (outcome,) = service.compute([key], by=by, whole=whole)
        assert not outcome.problems, outcome.problems

    written = seconds(all_of_it)
    ours = seconds(all_of_it, TIMES)
    answered, peer = _asked(declared, name)
    values = IndicatorValue.objects.filter(indicator__key=key).count()
    day = {"code": "C1", "region": "220102",
           "opened_at": datetime(2024, 5, 1, tzinfo=UTC),
           "handled_at": datetime(2024, 5, 2, tzinfo=UTC),
           "handled_in_time": True, "is_demo": False}  # fmt: skip

    def one_day() -> None:
        day["handled_in_time"] = not day["handled_in_time"]
        warehouse.upsert(name, [day], by=by, source="bench")
        start.append(seconds(partial(all_of_it, whole=False)))

    start: list[float] = []
    seconds(one_day, TIMES)
    bare = "DuckDB, the same GROUP BY on the same files"
    return [
        Row("ask for every month and region", size, answered, bare, peer, "closure of regions in both"),
        Row("compute, compare, nothing to write", size, ours, bare, peer,
            f"{values:,} values; the first time, written: {written:.2f} s"),
        Row("compute after a row of one day changed", size, sorted(start)[TIMES // 2],
            "computing everything", ours),
    ]  # fmt: skip


def _facts(name: str) -> Any:
    from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts

    kinds = {"code": ColumnType.TEXT, "region": ColumnType.TEXT, "opened_at": ColumnType.TIME,
             "handled_at": ColumnType.TIME, "handled_in_time": ColumnType.BOOLEAN,
             "is_demo": ColumnType.BOOLEAN}  # fmt: skip
    columns = tuple(Column(column, kind, column, column) for column, kind in kinds.items())
    return TableFacts(name, "表", "Table", columns, key=("code",), time="opened_at")


def _rows(first: int, last: int) -> Any:
    import duckdb
    import pyarrow as pa

    from beichen.kernel.org.models import Region

    codes = list(Region.objects.filter(path__contains="/220100/").values_list("code", flat=True))
    with duckdb.connect() as made:
        made.execute("set timezone = 'UTC'")
        made.register("regions", pa.table({"number": range(len(codes)), "code": codes}))
        return made.execute(ROWS.format(first=first, last=last, regions=len(codes))).to_arrow_table()


def _asked(declared: Any, name: str) -> tuple[float, float]:
    """The seconds of our question through the reader, and of what one would write by hand for DuckDB."""
    import duckdb
    from deltalake import DeltaTable

    from beichen.hubs.data.computing.periods import Unit
    from beichen.hubs.data.computing.rewriting import question
    from beichen.hubs.data.computing.trees import read_trees
    from beichen.platforms.warehouse import service as warehouse
    from beichen.settings import settings

    trees = read_trees()
    sql = question(declared, declared.header.by[0], Unit.MONTH, zone="Asia/Shanghai", root=trees.root.code)

    def ours() -> None:
        with warehouse.reader() as ask:
            for closure, pairs in trees.closures().items():
                ask.register(closure, pairs)
            ask.sql(sql)

    files = DeltaTable(Path(settings().tables) / name).file_uris()
    by_hand = f"""
        select r._ancestor as region, date_trunc('month', handled_at) as period,
               100.0 * count(*) filter (where handled_in_time) / count(*) as value
        from read_parquet({files!r}) c join _regions r on r._code = c.region
        where handled_at is not null group by all
    """

    def bare() -> None:
        with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as asked:
            asked.execute("set timezone = 'Asia/Shanghai'")
            asked.register("_regions", trees.closures()["_regions"])
            asked.execute(by_hand).to_arrow_table()

    return seconds(ours, TIMES), seconds(bare, TIMES)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
