"""A layer's revision as a source: what :mod:`.unfolding` laid out, mapped into memory and read in bulk.

A question narrows in steps, each over what the one before left: chunks by their boxes, features by box, time,
region and zoom, at last by shape and condition. Chunks are looked at in growing groups and in the order of
the file, so that a page of a large answer costs about what it holds. Nothing is written; many threads read.

Long because a question's narrowing is one course over the same mapped columns.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import shapely

from beichen.platforms.geo import conditions
from beichen.platforms.geo.snapshots.building import PIECE
from beichen.platforms.geo.snapshots.layout import Layout, read_fields
from beichen.platforms.geo.snapshots.marks import after_of, key_hash, mark_of, no_page
from beichen.platforms.geo.snapshots.numbers import Numbers
from beichen.platforms.geo.snapshots.orders import Orders
from beichen.platforms.geo.snapshots.plans import Plan, Rest, plan_of
from beichen.platforms.geo.snapshots.unfolding import CHUNK, EVER, NEVER, as_feature, geometry_in
from beichen.platforms.geo.snapshots.values import Dots, Values, values_of
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Answer, Asked, Box, Described

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_FEW, _MANY = 4, PIECE // CHUNK
_PLANS = 256  # of conditions, kept for each snapshot
_SCATTERED = 4  # times what a row in a run costs, a row alone


class Snapshot:
    """Features of one folder. ``tag`` names its state."""

    def __init__(self, folder: Path, tag: str) -> None:
        about = orjson.loads((folder / "about.json").read_bytes())
        self.tag = tag
        self.count: int = about["count"]
        self.layout = Layout(read_fields(about["fields"]), about["valid_from"], about["valid_to"])
        self.paths: list[str] = about["regions"]
        self._span = tuple(datetime.fromisoformat(one) if one else None for one in about["span"])
        self._folder = folder
        self._boxes = self._mapped("boxes")
        self._chunks = np.load(folder / "chunks.npy")
        self._offsets = self._mapped("offsets")
        self._has_regions = len(self.paths) > 1
        with pa.memory_map(str(folder / "columns.arrow")) as file:
            reader = pa.ipc.open_file(file)
            self._batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        self._features: Any = b""
        if self.count:
            with (folder / "features.bin").open("rb") as features:
                self._features = mmap.mmap(features.fileno(), 0, access=mmap.ACCESS_READ)

    def _mapped(self, name: str) -> npt.NDArray[Any]:
        if not self.count and name != "offsets":
            return np.load(self._folder / f"{name}.npy")  # type: ignore[no-any-return]
        return np.asarray(np.load(self._folder / f"{name}.npy", mmap_mode="r"))

    @cached_property
    def _times(self) -> npt.NDArray[np.int64]:
        return self._mapped("times")

    @cached_property
    def _regions(self) -> npt.NDArray[np.int32]:
        return self._mapped("regions")

    @cached_property
    def _zooms(self) -> npt.NDArray[np.uint8]:
        return self._mapped("zooms")

    @cached_property
    def _index(self) -> tuple[npt.NDArray[np.uint64], Rows]:
        return self._mapped("hashes"), self._mapped("rows")

    @cached_property
    def _values(self) -> Values | None:
        return values_of(self._folder)

    @cached_property
    def _orders(self) -> Orders:
        return Orders(self._folder, self.layout.fields, self._batches)

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(self._batches)

    @cached_property
    def _planned(self) -> Callable[[bytes], Plan]:
        """The plan of a condition as JSON; the newest are kept."""
        return lru_cache(_PLANS)(
            lambda condition: plan_of(orjson.loads(condition), self.layout.fields, self._orders)
        )

    @cached_property
    def box(self) -> Box | None:
        """The box of all features."""
        if not self.count:
            return None
        west, south = self._chunks[:2].min(axis=1)
        east, north = self._chunks[2:].max(axis=1)
        return (float(west), float(south), float(east), float(north))

    def described(self) -> Described:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        return self._described

    @cached_property
    def _described(self) -> Described:
        return Described(self.layout.fields, self.count, self.box, (self._span[0], self._span[1]), self.tag)

    def page(self, asked: Asked) -> Answer:
        """See :class:`~beichen.platforms.geo.source.Source`; ``after`` is a row and its key."""
        first = self.row_after(asked.after)
        rows = self.found(asked, first, asked.limit + 1)
        has_more = len(rows) > asked.limit
        rows = rows[: asked.limit]
        after = self.mark(int(rows[-1])) if has_more and len(rows) else ""
        matched = None
        if not has_more and not first:
            matched = len(rows)
        elif _is_open(asked):
            matched = self.count
        return Answer(self.features(rows, asked), after, matched)

    def feature(self, key: str, regions: tuple[str, ...] | None = None) -> bytes | None:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        row = self.row_of(key)
        if row is None or (regions is not None and not self._within(np.array([row]), regions)[0]):
            return None
        return self._bytes(row)

    def columns(self, asked: Asked) -> pa.Table:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        rows = self.found(asked, self.row_after(asked.after), asked.limit)
        return self.taken(rows, [KEY, GEOMETRY, REGION, *self.wanted(asked)])

    def dots(self, asked: Asked) -> Dots | None:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        if self._values is None or asked.names:
            return None
        rows = self.found(asked, self.row_after(asked.after), asked.limit)
        return Dots(self._values, rows, self._boxes[:2, rows].T)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All features in the order of the file, a piece at a time, without copying."""
        return iter(self._batches)

    def mark(self, row: int) -> str:
        """The mark after which the next page begins."""
        return mark_of(row, self._key(row))

    def row_of(self, key: str) -> int | None:
        """Where a feature stands in the file."""
        return next((row for row in self._rows_with(key_hash(key)) if self._key(row) == key), None)

    def _rows_with(self, hashed: int) -> list[int]:
        """The rows whose key has this hash: one, hardly ever more."""
        hashes, rows = self._index
        first, last = (int(np.searchsorted(hashes, np.uint64(hashed), side)) for side in ("left", "right"))
        return [int(row) for row in rows[first:last]]

    def rows_of(self, keys: list[str]) -> Rows:
        """Where those of the features that there are stand."""
        return np.array([row for row in map(self.row_of, keys) if row is not None], np.int64)

    def features(self, rows: Rows, asked: Asked) -> list[bytes]:
        """These features as GeoJSON, with the fields that are asked for."""
        if not asked.names:
            offsets, features = self._offsets, self._features
            begins, ends = offsets[rows].tolist(), offsets[rows + 1].tolist()
            return [features[begin:end] for begin, end in zip(begins, ends, strict=True)]
        table = self.taken(rows, [KEY, *self.wanted(asked)])
        keys = table.column(KEY).to_pylist()
        values = table.drop_columns([KEY]).to_pylist()
        shapes = [geometry_in(self._bytes(int(row))) for row in rows]
        return [as_feature(*one) for one in zip(keys, shapes, values, strict=True)]

    def wanted(self, asked: Asked) -> list[str]:
        names = [field.name for field in self.layout.fields]
        return [name for name in names if name in asked.names] if asked.names else names

    def _bytes(self, row: int) -> bytes:
        found: bytes = self._features[int(self._offsets[row]) : int(self._offsets[row + 1])]
        return found

    def _key(self, row: int) -> str:
        return str(self._batches[row // PIECE].column(KEY)[row % PIECE])

    def row_after(self, after: str) -> int:
        """The first row of a page. A mark of an earlier revision is found again by its key."""
        if not after:
            return 0
        row, hashed = after_of(after)
        if row < self.count and key_hash(self._key(row)) == hashed:
            return row + 1
        found = self._rows_with(hashed)
        if not found:
            raise no_page(after)
        return found[0] + 1

    # Finding

    def found(self, asked: Asked, first: int, limit: int, without: Rows | None = None) -> Rows:
        """The first ``limit`` rows from ``first`` on that match, but for those ``without``."""
        kept: list[Rows] = []
        missing = limit
        plan = None if asked.condition is None else self._planned(orjson.dumps(asked.condition))
        rest, groups = self._candidates(asked, plan, first)
        for rows in groups:
            chosen = rows if without is None else rows[~np.isin(rows, without)]
            chosen = self._narrowed(chosen, asked, rest)
            kept.append(chosen[:missing])
            missing -= len(kept[-1])
            if missing <= 0:
                break
        return np.concatenate(kept) if kept else np.empty(0, np.int64)

    def _candidates(self, asked: Asked, plan: Plan | None, first: int) -> tuple[Rest | None, Iterator[Rows]]:
        """Rows of the chunks that all boxes touch, or those few that a bound of the condition leaves; what it
        asks of them beside."""
        reach = None if plan is None else plan.reach
        boxes = [box for box in (asked.box, reach) if box is not None]
        chunks = np.arange(first // CHUNK, self._chunks.shape[1])
        for box in boxes:
            chunks = chunks[touching(self._chunks[:, chunks], box)]
        if plan is None:
            return None, self._in_chunks(chunks, first, _start(asked, boxes))
        if plan.few is None or not plan.few.fits(len(chunks) * CHUNK // _SCATTERED):
            return plan.whole, self._in_chunks(chunks, first, _start(asked, boxes))
        rows = plan.few.in_file()
        rows = rows[np.searchsorted(rows, first) :] if first else rows
        return plan.after, _growing(rows, min(4 * asked.limit, PIECE))

    def _in_chunks(self, chunks: Rows, first: int, size: int) -> Iterator[Rows]:
        """Rows of chunks, in groups that grow from ``size`` chunks on."""
        start = 0
        within = np.arange(CHUNK)
        while start < len(chunks):
            group = chunks[start : start + size]
            rows = (group[:, None] * CHUNK + within).ravel()
            yield rows[(rows >= first) & (rows < self.count)]
            start, size = start + size, min(size * 4, _MANY)

    def _narrowed(self, rows: Rows, asked: Asked, rest: Rest | None) -> Rows:
        if asked.zoom is not None:
            rows = rows[self._zooms[rows] <= asked.zoom]
        if asked.during is not None:
            rows = rows[self._while(rows, asked.during)]
        if asked.regions is not None:
            rows = rows[self._within(rows, asked.regions)]
        if asked.box is not None:
            rows = self._in_box(rows, asked.box)
        return rows if rest is None else self._matching(rows, rest)

    def _matching(self, rows: Rows, rest: Rest) -> Rows:
        for one in rest.comparisons:
            rows = rows[self._numbers.holding(one, rows)]
        if rest.condition is not None and len(rows):
            known = [KEY, GEOMETRY, REGION, *(field.name for field in self.layout.fields)]
            table = self.taken(rows, [name for name in known if name in rest.names or name == KEY])
            rows = rows[conditions.mask(table, rest.condition)]
        return rows

    def _while(self, rows: Rows, during: tuple[datetime | None, datetime | None]) -> Mask:
        begin, end = (None if one is None else microseconds(one) for one in during)
        mask = np.ones(len(rows), bool)
        if begin is not None:
            mask &= self._times[1][rows] >= begin
        if end is not None:
            mask &= self._times[0][rows] <= end
        return mask

    def _within(self, rows: Rows, regions: tuple[str, ...]) -> Mask:
        allowed = np.array([bool(path) and path.startswith(regions) for path in self.paths])
        return allowed[self._regions[rows]]

    def _in_box(self, rows: Rows, box: Box) -> Rows:
        """Those whose shape meets the box: by their own boxes where these decide."""
        if self._values is not None:  # points: a corner of their boxes is all of them
            corners = np.stack([self._boxes[0].take(rows), self._boxes[1].take(rows)])
            return rows[touching(np.concatenate([corners, corners]), box)]
        boxes = self._boxes[:, rows]
        near = touching(boxes, box)
        rows, boxes = rows[near], boxes[:, near]
        open_ = np.flatnonzero(~inside(boxes, box))
        if not len(open_):
            return rows
        shapes = shapely.from_wkb(self.taken(rows[open_], [GEOMETRY]).column(0).to_numpy())
        keep = np.ones(len(rows), bool)
        keep[open_] = meeting(shapes, box)
        return rows[keep]

    def taken(self, rows: Rows, names: list[str]) -> pa.Table:
        """Columns of some rows in their order; whole runs are not copied."""
        schema = pa.schema([self.layout.schema.field(name) for name in names])
        parts = []
        pieces = rows // PIECE
        edges = np.flatnonzero(np.diff(pieces)) + 1
        for group in np.split(rows, edges):
            if len(group):
                batch = self._batches[int(group[0]) // PIECE].select(names)
                places = group % PIECE
                is_run = int(places[-1]) - int(places[0]) + 1 == len(group)
                parts.append(
                    batch.slice(int(places[0]), len(group)) if is_run else batch.take(pa.array(places))
                )
        return pa.Table.from_batches(parts, schema)


def _start(asked: Asked, boxes: list[Box]) -> int:
    """Chunks to look at first: a condition alone seldom leaves a page of few."""
    if boxes:
        return _FEW
    return 1 if asked.condition is None else _MANY


def _growing(rows: npt.NDArray[np.integer[Any]], size: int) -> Iterator[Rows]:
    """The same rows in groups that grow from ``size`` on."""
    start = 0
    while start < len(rows):
        yield rows[start : start + size].astype(np.int64)
        start, size = start + size, min(size * 4, PIECE)


def _is_open(asked: Asked) -> bool:
    narrowing = (asked.box, asked.during, asked.condition, asked.regions, asked.zoom)
    return all(part is None for part in narrowing)


def microseconds(moment: datetime) -> int:
    """A moment as times are kept: since 1970, never one of the open ends."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return max(
        NEVER + 1, min(EVER - 1, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
    )


def touching(boxes: npt.NDArray[np.float64], box: Box) -> Mask:
    """Which boxes have a point in another, which may lie over the antimeridian."""
    west, south, east, north = box
    rows = (boxes[1] <= north) & (boxes[3] >= south)
    if west > east:  # over the antimeridian
        over: Mask = rows & ((boxes[2] >= west) | (boxes[0] <= east))
        return over
    found: Mask = rows & (boxes[0] <= east) & (boxes[2] >= west)
    return found


def inside(boxes: npt.NDArray[np.float64], box: Box) -> Mask:
    """Boxes that are points, or lie in the box: their shapes meet it too."""
    west, south, east, north = box
    dots = (boxes[0] == boxes[2]) & (boxes[1] == boxes[3])
    if west > east:
        columns = (boxes[0] >= west) | (boxes[2] <= east)
    else:
        columns = (boxes[0] >= west) & (boxes[2] <= east)
    within: Mask = dots | (columns & (boxes[1] >= south) & (boxes[3] <= north))
    return within


def meeting(shapes: Any, box: Box) -> Mask:
    """Which shapes have a point in the box."""
    met: Mask = np.any([shapely.intersects(shapes, frame) for frame in _frames(box)], axis=0)
    return met


def _frames(box: Box) -> list[Any]:
    west, south, east, north = box
    if west > east:
        return [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    return [shapely.box(west, south, east, north)]
