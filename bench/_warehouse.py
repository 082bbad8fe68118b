"""The measurements of tables, in a process of its own; prints rows as JSON."""

from __future__ import annotations

import io
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from bench._registry import serve
from bench.measure import seconds

SIZES = tuple(int(text) for text in os.environ.get("WAREHOUSE_ROWS", "100000,1000000,10000000").split(","))
BATCH = 100_000
HTTP_BATCHES = 20
COUNTED = (
    "select region, date_trunc('month', seen_at) as period, count(*) as n, avg(level) as mean, "
    "100.0 * count(*) filter (where state = 'high') / count(*) as share from {table} group by all"
)
REGIONS = ("220102", "220103", "220104", "220105", "220106")


def emit(**row: Any) -> None:
    """A row, for the process that waits for it."""
    print(json.dumps(row), flush=True)


def batch(number: int, rows: int) -> Any:
    """Readings of a day and more: 1,000 things, every few seconds."""
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(number)
    first = 1_735_660_800_000_000 + number * rows * 2_000_000
    things = chance.integers(0, 1000, rows)
    return pa.table(
        {
            "code": pa.array([f"{number:05}-{row:06}" for row in range(rows)]),
            "thing": pa.array(things).cast(pa.string()),
            "region": pa.array(np.array(REGIONS)[things % 5]),
            "seen_at": pa.array(first + np.arange(rows) * 2_000_000, pa.timestamp("us", "UTC")),
            "level": chance.random(rows),
            "flow": chance.random(rows) * 100,
            "state": pa.array(np.array(["low", "normal", "high"])[chance.integers(0, 3, rows)]),
        }
    )


def declare(name: str, key: tuple[str, ...] = ()) -> Any:
    """A table of readings."""
    from beichen.kernel.actor import system
    from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, declare_tables

    text, number = ColumnType.TEXT, ColumnType.NUMBER
    kinds = {"code": text, "thing": text, "region": text, "seen_at": ColumnType.TIME, "level": number,
             "flow": number, "state": text}  # fmt: skip
    columns = tuple(Column(column, kind, column, column) for column, kind in kinds.items())
    facts = TableFacts(name, name, name, columns, key, 1, "seen_at")
    declare_tables([facts], owner=f"scene:{name}", by=system("bench"))
    return facts


def _bare_table(facts: Any, folder: Path) -> Any:
    from deltalake import DeltaTable

    from beichen.platforms.warehouse.schema import MONTH, stored_schema

    shutil.rmtree(folder, ignore_errors=True)
    return DeltaTable.create(folder, stored_schema(facts), partition_by=[MONTH])


def _appends(size: int, facts: Any, bare: Path) -> None:
    from deltalake import write_deltalake

    from beichen.kernel.actor import system
    from beichen.platforms.warehouse import storage
    from beichen.platforms.warehouse.schema import with_month
    from beichen.platforms.warehouse.service import append

    delta = _bare_table(facts, bare)
    ours = peer = 0.0
    for number in range(size // BATCH):
        rows = batch(number, BATCH)
        stored = with_month(facts, rows)
        start = time.perf_counter()
        append(facts.name, rows, by=system("bench"), source="bench", load=str(number))
        middle = time.perf_counter()
        write_deltalake(delta, stored, mode="append", writer_properties=storage.writer())
        ours, peer = ours + middle - start, peer + time.perf_counter() - middle
    emit(case="rows added", size=size, ours_seconds=ours, peer="delta-rs write", peer_seconds=peer,
         figures={"rows/s": round(size / ours)})  # fmt: skip


def _upserts(size: int, facts: Any, bare: Path) -> None:
    import pyarrow as pa
    from deltalake import DeltaTable

    from beichen.kernel.actor import system
    from beichen.platforms.warehouse import storage
    from beichen.platforms.warehouse.schema import with_month
    from beichen.platforms.warehouse.service import upsert

    whole = pa.concat_tables([batch(number, BATCH) for number in range(min(size, 1_000_000) // BATCH)])
    rows = whole.slice(0, whole.num_rows // 10)
    rows = rows.set_column(4, "level", pa.array([2.0] * rows.num_rows))
    stored = with_month(facts, rows)

    def merge() -> None:
        merger = DeltaTable(bare).merge(
            stored, "t.code = s.code", source_alias="s", target_alias="t", writer_properties=storage.writer()
        )
        merger.when_matched_update_all().when_not_matched_insert_all().execute()

    ours = seconds(lambda: upsert(facts.name, rows, by=system("bench"), source="bench"))
    peer = seconds(merge)
    emit(case=f"{rows.num_rows:,} rows replaced by key", size=size, ours_seconds=ours, peer="delta-rs MERGE",
         peer_seconds=peer, figures={"rows/s": round(rows.num_rows / ours)})  # fmt: skip


def _counts(size: int, facts: Any) -> None:
    import duckdb

    from beichen.kernel.actor import Actor, Scope
    from beichen.platforms.warehouse import storage
    from beichen.platforms.warehouse.service import ask, reader

    text = COUNTED.format(table=facts.name)
    district = Actor("person:X", "x", (Scope("officer", "", "/220000/220100/220102/"),))

    def ours() -> None:
        with reader() as question:
            question.sql(text)

    def bare() -> None:
        files = list(storage.opened(facts.name).file_uris())  # type: ignore[union-attr]
        with duckdb.connect(config={"threads": 2}) as session:
            session.execute("SET TimeZone = 'Asia/Shanghai'")
            session.execute(COUNTED.format(table=f"read_parquet({files})")).to_arrow_table()

    def bare_district() -> None:
        files = list(storage.opened(facts.name).file_uris())  # type: ignore[union-attr]
        with duckdb.connect(config={"threads": 2}) as session:
            session.execute("SET TimeZone = 'Asia/Shanghai'")
            some = f"(select * from read_parquet({files}) where region = '220102')"
            session.execute(COUNTED.format(table=some)).to_arrow_table()

    pairs: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
        ("counted by region and month", ours, bare),
        ("the same by an officer of one district", lambda: ask(text, by=district), bare_district),
    ]
    for case, mine, other in pairs:
        mine(), other()
        emit(case=case, size=size, ours_seconds=seconds(mine, 7), peer="DuckDB over the same files",
             peer_seconds=seconds(other, 7))  # fmt: skip


def _over_http(facts: Any) -> None:
    import pyarrow as pa

    from beichen.kernel.access.service import create_client
    from beichen.kernel.actor import system
    from beichen.platforms.warehouse.service import append

    key = create_client("bench", "Bench", "collector", by=system("bench"))
    tables = [batch(1_000_000 + number, BATCH) for number in range(HTTP_BATCHES)]
    bodies = []
    for rows in tables:
        target = io.BytesIO()
        with pa.ipc.new_stream(target, rows.schema) as writer:
            writer.write_table(rows)
        bodies.append(target.getvalue())
    with serve("--factory", "beichen.house.web:application") as house:
        kind = {"Authorization": f"Bearer {key}", "Content-Type": "application/vnd.apache.arrow.stream"}

        def send(number: int, load: str) -> None:
            house.request(
                "POST", f"/api/tables/{facts.name}/rows", bodies[number], {**kind, "Idempotency-Key": load}
            )
            answer = house.getresponse()
            text = answer.read()
            if answer.status != 201:
                raise SystemExit(f"{answer.status} {text[:300]!r}")

        send(0, "warm")
        start = time.perf_counter()
        for number in range(HTTP_BATCHES):
            send(number, str(number))
        ours = time.perf_counter() - start
    start = time.perf_counter()
    for number, rows in enumerate(tables):
        append(facts.name, rows, by=system("bench"), source="bench", load=f"in process {number}")
    size = BATCH * HTTP_BATCHES
    emit(case="batches over HTTP as Arrow streams", size=size, ours_seconds=ours, peer="added in the process",
         peer_seconds=time.perf_counter() - start, figures={"rows/s": round(size / ours)})  # fmt: skip


def main() -> None:
    """Everything, from the smallest size."""
    django.setup()
    from django.core.management import call_command

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.org.service import RegionFacts, load_regions
    from beichen.settings import settings

    call_command("migrate", verbosity=0)
    load_roles(by=system("bench"))
    city = [RegionFacts("220000", "省", "province"), RegionFacts("220100", "市", "city", "220000")]
    load_regions(
        [*city, *(RegionFacts(code, code, "county", "220100") for code in REGIONS)], by=system("bench")
    )
    bare = settings().data_dir / "bare"
    for size in SIZES:
        facts = declare(f"readings_{size}", ("code",))
        _appends(size, facts, bare)
        _counts(size, facts)
        _upserts(size, facts, bare)
    _over_http(declare("sent"))


if __name__ == "__main__":
    main()
