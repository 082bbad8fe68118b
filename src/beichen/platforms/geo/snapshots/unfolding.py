"""Lays a GeoParquet file out to be read in bulk: a folder whose files every process maps into memory.

``features.bin`` holds each feature's GeoJSON one after another, ``offsets.npy`` where each begins;
``columns.arrow`` the columns (Arrow IPC, uncompressed); ``boxes.npy`` the box of each feature and
``chunks.npy`` that of every :data:`CHUNK` features; ``hashes.npy`` and ``rows.npy`` the index of keys;
``zooms.npy``, ``regions.npy``, ``times.npy`` what narrows a question, and the orders of :mod:`.orders`;
:mod:`.values` keeps what tiles of points hold; ``about.json`` has the rest. A folder appears whole, under its
name, or not at all.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from django.utils import timezone

from beichen.platforms.geo.snapshots.building import PIECE
from beichen.platforms.geo.snapshots.layout import Layout, layout_of, written
from beichen.platforms.geo.snapshots.marks import key_hash
from beichen.platforms.geo.snapshots.orders import keep_orders
from beichen.platforms.geo.snapshots.placing import least_zooms
from beichen.platforms.geo.snapshots.values import keep_values
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, FieldKind

FORM = 2  # of the folder: another number makes it anew
CHUNK = 512
NEVER, EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
DIGITS = 7  # of degrees in GeoJSON: a centimetre
_DAY = np.int64(86_400_000_000)


def folder_of(name: str, root: Path) -> Path:
    """Where ``name`` is laid out below ``root``."""
    return root / f"{name}-{FORM}"


def unfold(name: str, root: Path, write: Callable[[Path], None]) -> Path:
    """The folder of ``name`` below ``root``; if it is not there, made of what ``write`` writes (GeoParquet).

    Of several processes that want it one makes it, and the others wait.
    """
    target = folder_of(name, root)
    if target.is_dir():
        return target
    root.mkdir(parents=True, exist_ok=True)
    with _turn(root / f"{name}.lock"):
        if target.is_dir():
            return target
        folder = Path(tempfile.mkdtemp(prefix="making-", dir=root))
        try:
            write(folder / "features.parquet")
            _unfold(folder / "features.parquet", folder)
            (folder / "features.parquet").unlink()
            folder.rename(target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return target


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unfold(source: Path, folder: Path) -> None:
    with pq.ParquetFile(source) as file:
        layout = layout_of(file.schema_arrow)
        count = file.metadata.num_rows
        boxes = np.lib.format.open_memmap(folder / "boxes.npy", "w+", np.float64, (4, count))
        times = np.lib.format.open_memmap(folder / "times.npy", "w+", np.int64, (2, count))
        regions = np.lib.format.open_memmap(folder / "regions.npy", "w+", np.int32, (count,))
        offsets = np.lib.format.open_memmap(folder / "offsets.npy", "w+", np.int64, (count + 1,))
        hashes = np.empty(count, np.uint64)
        paths: dict[str, int] = {"": 0}
        start, end = 0, 0
        offsets[0] = 0
        plain = layout.schema
        with (
            (folder / "features.bin").open("wb") as features,
            pa.OSFile(str(folder / "columns.arrow"), "wb") as columns,
            pa.ipc.new_file(columns, plain) as writer,
        ):
            for batch in file.iter_batches(PIECE):
                after = start + batch.num_rows
                shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False))
                boxes[:, start:after] = shapely.bounds(shapes).T
                times[:, start:after] = times_of(batch, layout)
                regions[start:after] = [
                    paths.setdefault(path or "", len(paths)) for path in batch.column(REGION).to_pylist()
                ]
                hashes[start:after] = [key_hash(key) for key in batch.column(KEY).to_pylist()]
                documents = as_features(batch, shapes, layout)
                offsets[start + 1 : after + 1] = end + np.cumsum([len(one) for one in documents])
                features.writelines(documents)
                writer.write_batch(batch.cast(plain))
                start, end = after, int(offsets[after])
        order = np.argsort(hashes, kind="stable")
        np.save(folder / "hashes.npy", hashes[order])
        np.save(folder / "rows.npy", order.astype(np.int64))
        np.save(folder / "zooms.npy", least_zooms(boxes))
        np.save(folder / "chunks.npy", _chunks(boxes))
        keep_orders(folder, layout)
        if _is_of_points(file.schema_arrow):
            keep_values(folder, layout)
        _finish(folder, layout, count, list(paths), times)


def _is_of_points(schema: pa.Schema) -> bool:
    """Whether each feature is one point; a height beside it is of no account in a tile."""
    kinds = orjson.loads(schema.metadata[b"geo"])["columns"][GEOMETRY]["geometry_types"]
    return bool(kinds) and {"Point", "Point Z"}.issuperset(kinds)


def _finish(folder: Path, layout: Layout, count: int, paths: list[str], times: npt.NDArray[np.int64]) -> None:
    begins, ends = times
    known = begins[begins != NEVER], ends[ends != EVER]
    about = {
        "count": count,
        "fields": written(layout.fields),
        "valid_from": layout.valid_from,
        "valid_to": layout.valid_to,
        "regions": paths,
        "span": [
            _moment(int(known[0].min())) if len(known[0]) else None,
            _moment(int(known[1].max())) if len(known[1]) else None,
        ],
    }
    (folder / "about.json").write_bytes(orjson.dumps(about))
    for one in folder.iterdir():
        with one.open("rb") as file:
            os.fsync(file.fileno())


def _moment(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / 1e6, UTC).isoformat()


def _chunks(boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The box of each :data:`CHUNK` features."""
    if not boxes.shape[1]:
        return np.empty((4, 0))
    starts = np.arange(0, boxes.shape[1], CHUNK)
    least = np.minimum.reduceat(boxes[:2], starts, axis=1)
    most = np.maximum.reduceat(boxes[2:], starts, axis=1)
    return np.vstack([least, most])


def times_of(batch: pa.RecordBatch, layout: Layout) -> npt.NDArray[np.int64]:
    """From when and until when each feature is, in microseconds since 1970; a day counts to its end."""
    times = np.empty((2, batch.num_rows), np.int64)
    for row, (name, unknown) in enumerate(((layout.valid_from, NEVER), (layout.valid_to, EVER))):
        if not name:
            times[row] = unknown
            continue
        column = batch.column(name)
        is_day = pa.types.is_date(column.type)
        if is_day:  # a day is one of the city's
            local = pc.cast(column, pa.timestamp("us"))
            zone = timezone.get_default_timezone_name()
            column = pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="earliest")
        moments = pc.cast(pc.cast(column, pa.timestamp("us", tz="UTC")), pa.int64())
        times[row] = pc.fill_null(moments, int(unknown)).to_numpy(zero_copy_only=False)
        if is_day and row == 1:
            times[row] = np.where(times[row] == EVER, EVER, times[row] + _DAY - 1)
    return times


def as_features(batch: pa.RecordBatch, shapes: npt.NDArray[np.object_], layout: Layout) -> list[bytes]:
    """Each row as a GeoJSON feature (RFC 7946), the coordinates to a centimetre."""
    geometries = shapely.to_geojson(_rounded(shapes))
    keys = batch.column(KEY).to_pylist()
    rows = batch.select([field.name for field in layout.fields]).to_pylist()
    dates = any(field.kind in (FieldKind.DATE, FieldKind.TIME) for field in layout.fields)
    options = orjson.OPT_UTC_Z if dates else 0
    return [
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
        % (orjson.dumps(key), geometry.encode(), orjson.dumps(row, option=options))
        for key, geometry, row in zip(keys, geometries, rows, strict=True)
    ]


def _rounded(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    high = shapely.has_z(shapes)
    rounded = shapes.copy()
    for chosen, with_heights in ((~high, False), (high, True)):
        if chosen.any():
            rounded[chosen] = shapely.transform(
                shapes[chosen], lambda places: np.round(places, DIGITS), include_z=with_heights
            )
    return rounded


def as_feature(key: str, geometry: Any, properties: dict[str, Any]) -> bytes:
    """One feature, its geometry as a GeoJSON object or its text."""
    shape = geometry if isinstance(geometry, bytes) else orjson.dumps(geometry)
    return b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}' % (
        orjson.dumps(key),
        shape,
        orjson.dumps(properties, option=orjson.OPT_UTC_Z),
    )


def geometry_in(feature: bytes) -> bytes:
    """The text of a geometry as it was written here: nothing in an id can look like its end."""
    begin = feature.index(b',"geometry":') + len(b',"geometry":')
    return feature[begin : feature.index(b',"properties":', begin)]
