"""Five thousand points with fields of every kind, in which values are missing, common, or stand once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from beichen.platforms.geo.snapshots.building import build
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.snapshots.snapshot import Snapshot
from beichen.platforms.geo.snapshots.unfolding import unfold
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Field, FieldKind

FIELDS = (
    Field("name", FieldKind.TEXT),
    Field("storeys", FieldKind.INTEGER),
    Field("depth", FieldKind.NUMBER),
    Field("is_open", FieldKind.BOOLEAN),
    Field("built", FieldKind.DATE),
    Field("seen", FieldKind.TIME),
)
NAMES = ["", "a", "b", "é", "人民广场", "人民大街", "𠮷"]
DEPTHS = [-1.5, -0.0, 0.0, 2.0, 2.5, 1e300, float("nan")]
START = date(2020, 2, 27)
COUNT = 5_000


def rows_of(count: int) -> list[dict[str, Any]]:
    """Rows of which each value is now and then missing, some values are common and some stand once."""
    random = np.random.default_rng(5)

    def some(values: Any) -> Any:
        return None if random.random() < 0.1 else values[int(random.integers(len(values)))]

    rows = []
    for number in range(count):
        days = some(range(40))
        rows.append(
            {
                "name": some([*NAMES, f"只 {number}"]),
                "storeys": some([1, 2, 3, 30, 2**62, 2**62 + 1, number]),
                "depth": some([*DEPTHS, number / 7]),
                "is_open": some([True, False]),
                "built": None if days is None else START + timedelta(days),
                "seen": None if days is None else datetime(2020, 2, 27, 1, tzinfo=UTC) + timedelta(days),
            }
        )
    return rows


ROWS = rows_of(COUNT)


def snapshot_in(folder: Path) -> Snapshot:
    """The rows as a layer of points, laid out in a folder."""
    layout = Layout(FIELDS)
    random = np.random.default_rng(6)
    columns = {
        KEY: [str(number) for number in range(COUNT)],
        GEOMETRY: shapely.to_wkb(shapely.points(125 + random.random(COUNT), 43 + random.random(COUNT))),
        REGION: [""] * COUNT,
        **{field.name: [row[field.name] for row in ROWS] for field in FIELDS},
    }
    batch = pa.RecordBatch.from_pydict(
        {name: pa.array(values, layout.schema.field(name).type) for name, values in columns.items()}
    )

    def write(target: Path) -> None:
        build([batch], layout, target)

    return Snapshot(unfold("some", folder, write), "tag")
