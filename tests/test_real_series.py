"""Real series as tables and as readings: hours of air, loads of a transformer, speeds of loop detectors.

They lie beside the repository, where they are: their licences let them be used, not all of them be passed
on. Without them these tests are left out.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from django.test import Client

from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.actor import system
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in
from beichen.platforms.iot import service as iot
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices, micros
from beichen.platforms.iot.posting import in_memory
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.treatment import Treater
from beichen.platforms.warehouse import service as warehouse
from beichen.registry import service as registry
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander

FOLDER = next(
    (one / "shared/data" for one in Path(__file__).resolve().parents if (one / "shared/data").is_dir()),
    Path(),
)
AIR = FOLDER / "changchun_air_quality_hourly_stations_2020.csv"
LOADS = FOLDER / "ett_transformer_hourly_ETTh1.csv"
SPEEDS = FOLDER / "losangeles_loop_speed_5min_2012.parquet"
BY = system("test")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not all(one.is_file() for one in (AIR, LOADS, SPEEDS)), reason="the series are not here"
    ),
]


@pytest.fixture
def steward(db: None) -> Client:
    """A program that keeps tables."""
    load_roles(by=BY)
    return Client(headers={"Authorization": f"Bearer {create_client('s', 's', 'administrator', by=BY)}"})


def asked(program: Client, sql: str) -> list[list[Any]]:
    """The rows that a question gives."""
    answer = program.post("/api/tables/query", {"sql": sql}, "application/json")
    assert answer.status_code == 200, answer.content
    found: list[list[Any]] = answer.json()["rows"]
    return found


def test_hours_of_air_are_loaded_checked_and_asked(steward: Client, tmp_path: Path) -> None:
    """As they are published: what cannot be a row is put aside, the others are what the file says."""
    scenes.install(built_in(PackageKind.SCENE)["air-quality"], by=BY)
    with AIR.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {"time": "at", "o3_1h": "o3"}
    kept = [
        {names.get(key, key): value for key, value in row.items() if key not in ("level", "primary", "o3_8h")}
        for row in rows
    ]
    for row in kept:
        row["at"] = row["at"].replace("+08:00", ":00+08:00")
    made = tmp_path / "air.csv"
    with made.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    with made.open("rb") as upload:
        answer = steward.post("/api/tables/air_hours/files", {"file": upload})
    assert answer.status_code in (200, 201), answer.content
    receipt = answer.json()
    assert receipt["read"] == len(rows)
    assert receipt["accepted"] + receipt["refused"] == len(rows)
    assert receipt["accepted"] > 0.95 * len(rows)
    found = dict(asked(steward, "select station, avg(pm25) from air_hours group by station"))
    for station, value in found.items():
        wanted = [float(row["pm25"]) for row in rows if row["station"] == station and row["pm25"]]
        assert value == pytest.approx(mean(wanted)), station
    assert len(found) == len({row["station"] for row in rows})


def test_loads_of_a_transformer_give_the_same_months_as_by_hand(steward: Client) -> None:
    column = warehouse.Column
    facts = warehouse.TableFacts(
        "transformer_loads",
        "变压器负荷",
        "Loads",
        (
            column("at", warehouse.ColumnType.TIME, "时间", "At"),
            column("load", warehouse.ColumnType.NUMBER, "负荷", "Load"),
            column("oil_c", warehouse.ColumnType.NUMBER, "油温", "Oil"),
        ),
        ("at",),
        time="at",
    )
    warehouse.declare_tables([facts], owner="scene:loads", by=BY)
    with LOADS.open(encoding="utf-8") as file:
        hours = [(f"{row['date'].replace(' ', 'T')}+08:00", row) for row in csv.DictReader(file)]
    oil = {at: float(row["OT"]) for at, row in hours}  # codespell:ignore
    rows = [{"at": at, "load": float(row["HUFL"]), "oil_c": oil[at]} for at, row in hours]
    receipt = warehouse.append("transformer_loads", rows, by=BY, source="ETTh1", load="etth1")
    assert (receipt.accepted, receipt.refused) == (17_420, 0)
    months: dict[str, list[float]] = {}
    for at, value in oil.items():
        months.setdefault(at[:7], []).append(value)
    sql = (
        "select strftime(date_trunc('month', at), '%Y-%m') as month, avg(oil_c) as oil from transformer_loads"
        " group by month order by month"
    )
    found = {str(month): value for month, value in asked(steward, sql)}
    assert found == {month: pytest.approx(mean(values)) for month, values in months.items()}


def test_speeds_of_loops_come_in_by_the_column_and_none_is_lost(steward: Client) -> None:
    """A week of 207 detectors, every five minutes: 417,312 readings in Arrow, treated as the gateway does."""
    table = parquet.read_table(SPEEDS)
    loops = [
        name for name in table.column_names if name.lower() not in ("time", "date", "timestamp", "index")
    ]
    kind = registry.TypeFacts(
        key="loop", name="线圈", measures={"speed_mph": {"unit": "1", "range": [0, 120]}}
    )
    registry.declare_types([kind], scene="x", by=BY)
    for number in range(len(loops)):
        entity = Expander(CORE_ONLY).entity({"id": f"urn:ngsi-ld:loop:{number}", "type": "loop"})
        registry.write_object(registry.Draft(entity, code=f"LOOP-{number}"), by=BY)
    iot.register_devices(
        [iot.DeviceFacts(f"L-{number}", thing=f"LOOP-{number}", rate=10_000) for number in range(len(loops))],
        by=BY,
    )
    begins, steps = datetime(2012, 3, 1, tzinfo=UTC), table.num_rows
    times = pa.array(
        [begins + timedelta(minutes=5 * step) for step in range(steps)], pa.timestamp("us", "UTC")
    )
    total, arrived = 0.0, micros(begins + timedelta(days=8))
    place, sent = 0, 0
    treater = Treater(Devices())
    for number, loop in enumerate(loops):
        values = table.column(loop).cast(pa.float64()).combine_chunks()
        total += sum(value for value in values.to_pylist() if value is not None)
        batch = pa.table(
            {
                "device": pa.array([f"L-{number}"] * steps),
                "measure": pa.array(["speed_mph"] * steps),
                "value": values,
                "at": times,
            }
        )
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as out:
            out.write_table(batch)
        with in_memory() as kept:
            answer = steward.post(
                "/api/devices/readings", sink.getvalue().to_pybytes(), "application/vnd.apache.arrow.stream"
            )
        assert answer.status_code == 202, answer.content
        taken = [
            Taken(place + step, arrived, subject.encode(), payload)
            for step, (subject, payload) in enumerate(kept, 1)
        ]
        place, sent = place + len(taken), sent + steps
        hear("loops", Collected(taken), None, treater, lambda: True)
    with warehouse.reader() as ask:
        found = ask.sql("select count(*) as n, sum(value) as total from readings where measure = 'speed_mph'")
    assert found.column("n").to_pylist() == [sent]
    assert found.column("total").to_pylist()[0] == pytest.approx(total)
