"""A snapshot with edits laid over it: its features without those that were edited, then the edits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from beichen.platforms.geo.editing.few import Few
from beichen.platforms.geo.snapshots.marks import after_of, mark_of
from beichen.platforms.geo.snapshots.snapshot import Rows, Snapshot
from beichen.platforms.geo.snapshots.unfolding import as_feature, geometry_in
from beichen.platforms.geo.snapshots.values import Dots
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Answer, Asked, Described


class Overlay:
    """A layer of which something was edited since its revision."""

    def __init__(self, snapshot: Snapshot, few: Few, edition: int) -> None:
        self._snapshot = snapshot
        self._few = few
        self._edition = edition
        self._hidden = snapshot.rows_of(few.every)

    def described(self) -> Described:
        """See :class:`~beichen.platforms.geo.source.Source`; the span is the revision's."""
        whole = self._snapshot.described()
        count = whole.count - len(self._hidden) + len(self._few.keys)
        boxes = [box for box in (whole.box, self._few.box) if box is not None]
        box = None
        if boxes:
            wests, souths, easts, norths = zip(*boxes, strict=True)
            box = (min(wests), min(souths), max(easts), max(norths))
        return replace(whole, count=count, box=box, tag=f"{whole.tag}-{self._edition}")

    def page(self, asked: Asked) -> Answer:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        rows, edits = self._found(asked, asked.limit + 1)
        has_more = len(rows) + len(edits) > asked.limit
        rows = rows[: asked.limit]
        edits = edits[: asked.limit - len(rows)]
        after = ""
        if has_more and edits:
            last = edits[-1]
            after = mark_of(self._snapshot.count + last, self._few.keys[last])
        elif has_more:
            after = self._snapshot.mark(int(rows[-1]))
        features = [*self._snapshot.features(rows, asked), *(self._feature(one, asked) for one in edits)]
        return Answer(features, after, len(features) if not has_more and not asked.after else None)

    def feature(self, key: str, regions: tuple[str, ...] | None = None) -> bytes | None:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        if key in self._few.removed:
            return None
        if key not in self._few.keys:
            return self._snapshot.feature(key, regions)
        place = self._few.keys.index(key)
        path = str(self._few.table.column(REGION)[place])
        return self._few.documents[place] if regions is None or path.startswith(regions) else None

    def columns(self, asked: Asked) -> pa.Table:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        rows, edits = self._found(asked, asked.limit)
        names = [KEY, GEOMETRY, REGION, *self._snapshot.wanted(asked)]
        return pa.concat_tables(
            [self._snapshot.taken(rows, names), self._few.table.select(names).take(edits)]
        )

    def dots(self, asked: Asked) -> Dots | None:
        """None: what was edited has no values that were made before."""
        return None

    def _found(self, asked: Asked, limit: int) -> tuple[Rows, list[int]]:
        """Rows of the snapshot and places of edits, ``limit`` of both together."""
        first = 0
        rows: Rows = np.empty(0, np.int64)
        row, hashed = after_of(asked.after) if asked.after else (0, 0)
        if row < self._snapshot.count:
            start = self._snapshot.row_after(asked.after)
            rows = self._snapshot.found(asked, start, limit, self._hidden)
        else:
            first = self._few.place_after(asked.after, hashed)
        places = [int(place) for place in self._few.matching(asked) if place >= first]
        return rows, places[: limit - len(rows)]

    def _feature(self, place: int, asked: Asked) -> bytes:
        document = self._few.documents[place]
        if not asked.names:
            return document
        row = self._few.table.select(self._snapshot.wanted(asked)).slice(place, 1).to_pylist()[0]
        return as_feature(self._few.keys[place], geometry_in(document), row)
