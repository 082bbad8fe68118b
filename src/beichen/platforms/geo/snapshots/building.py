"""Makes the file of a revision: GeoParquet, features in the order of the curve, in pieces that fit in memory.

Batches are first spooled to the disk while their boxes are noted (32 bytes a feature); then they are
gathered in order, piece by piece. The same features in the same order of arrival give the same file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from beichen.platforms.geo.snapshots.layout import Layout, metadata
from beichen.platforms.geo.snapshots.placing import Boxes, hilbert_order
from beichen.platforms.geo.source import GEOMETRY

PIECE = 16_384  # features in one group of rows
Progress = Callable[[int], None]
"""Told how many features were read so far; may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class Built:
    """What stands in a file: how many features, their box in degrees (empty without any)."""

    count: int
    box: tuple[float, ...]


def build(
    batches: Iterable[pa.RecordBatch],
    layout: Layout,
    target: Path,
    *,
    progress: Progress | None = None,
) -> Built:
    """Write features to ``target``; batches have the columns of the layout, shapes valid and not empty."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        spooled = Path(folder) / "arrived.arrow"
        boxes, kinds = _spool(batches, layout.schema, spooled, progress)
        order = hilbert_order(boxes)
        box = _around(boxes)
        schema = layout.schema.with_metadata(metadata(layout, box, sorted(kinds)))
        with pq.ParquetWriter(target, schema, compression="zstd", store_schema=True) as writer:
            for batch in _gathered(spooled, order):
                writer.write_batch(batch.cast(schema), row_group_size=PIECE)
    return Built(boxes.shape[1], box)


def _spool(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, target: Path, progress: Progress | None
) -> tuple[Boxes, set[str]]:
    found: list[npt.NDArray[np.float64]] = []
    kinds: set[str] = set()
    count = 0
    with pa.OSFile(str(target), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for batch in batches:
            for start in range(0, batch.num_rows, PIECE):
                piece = batch.slice(start, PIECE).select(schema.names).cast(schema)
                shapes = shapely.from_wkb(piece.column(GEOMETRY).to_numpy(zero_copy_only=False))
                found.append(shapely.bounds(shapes))
                kinds |= _kinds(shapes)
                writer.write_batch(piece)
            count += batch.num_rows
            if progress is not None:
                progress(count)
    boxes = np.ascontiguousarray(np.vstack(found).T) if found else np.empty((4, 0))
    return boxes, kinds


def _kinds(shapes: npt.NDArray[np.object_]) -> set[str]:
    numbers = np.unique(shapely.get_type_id(shapes) * 2 + shapely.has_z(shapes))
    names = {kind.value: kind.name for kind in shapely.GeometryType}
    called = {
        "POINT": "Point",
        "LINESTRING": "LineString",
        "POLYGON": "Polygon",
        "MULTIPOINT": "MultiPoint",
        "MULTILINESTRING": "MultiLineString",
        "MULTIPOLYGON": "MultiPolygon",
        "GEOMETRYCOLLECTION": "GeometryCollection",
    }
    return {called[names[int(one) // 2]] + (" Z" if one % 2 else "") for one in numbers}


def _around(boxes: Boxes) -> tuple[float, ...]:
    if not boxes.shape[1]:
        return ()
    west, south = boxes[:2].min(axis=1)
    east, north = boxes[2:].max(axis=1)
    return (float(west), float(south), float(east), float(north))


def _gathered(spooled: Path, order: npt.NDArray[np.int64]) -> Iterator[pa.RecordBatch]:
    """The spooled features in ``order``, a piece at a time; of each spooled batch only what a piece needs."""
    with pa.memory_map(str(spooled)) as file:
        reader = pa.ipc.open_file(file)
        batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
        for start in range(0, len(order), PIECE):
            wanted = order[start : start + PIECE]
            sources = np.searchsorted(starts, wanted, side="right") - 1
            by_source = np.argsort(sources, kind="stable")
            parts = [
                batches[source].take(
                    pa.array(wanted[by_source][sources[by_source] == source] - starts[source])
                )
                for source in np.unique(sources)
            ]
            back = np.empty_like(by_source)
            back[by_source] = np.arange(len(by_source))
            yield pa.concat_batches(parts).take(pa.array(back))
