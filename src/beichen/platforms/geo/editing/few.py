"""The edits of a layer in memory: a few features that are asked the same as a snapshot's many."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from beichen.platforms.geo import conditions
from beichen.platforms.geo.models import Edit, Layer
from beichen.platforms.geo.snapshots import gathering
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.snapshots.marks import key_hash, no_page
from beichen.platforms.geo.snapshots.snapshot import inside, meeting, microseconds, touching
from beichen.platforms.geo.snapshots.unfolding import times_of
from beichen.platforms.geo.source import GEOMETRY, REGION, Asked, Box


class Few:
    """Features in the order of their keys; ``removed`` are the keys of those that are gone."""

    def __init__(self, edits: list[Edit], layout: Layout) -> None:
        present = [edit for edit in edits if edit.document]
        self.removed = frozenset(edit.key for edit in edits if not edit.document)
        self.keys = [edit.key for edit in present]
        self.documents = [edit.document.encode() for edit in present]
        self._layout = layout
        regions = iter([edit.region for edit in present])
        features = [orjson.loads(document) for document in self.documents]
        batches = gathering.batches_of(features, layout, lambda _shapes, told: [next(regions) for _ in told])
        self.table = pa.Table.from_batches(batches, layout.schema)
        self._shapes = shapely.from_wkb(self.table.column(GEOMETRY).to_numpy())
        self._boxes = shapely.bounds(self._shapes).T if present else np.empty((4, 0))

    @property
    def every(self) -> list[str]:
        """The keys of all edits: what a snapshot says of them is no longer so."""
        return [*self.keys, *self.removed]

    @property
    def box(self) -> Box | None:
        """The box of all that are present."""
        if not self.keys:
            return None
        west, south = self._boxes[:2].min(axis=1)
        east, north = self._boxes[2:].max(axis=1)
        return (float(west), float(south), float(east), float(north))

    def place_after(self, mark: str, hashed: int) -> int:
        """The place after the one that a mark names. Raises ProblemError GEO-405."""
        for place, key in enumerate(self.keys):
            if key_hash(key) == hashed:
                return place + 1
        raise no_page(mark)

    def matching(self, asked: Asked) -> Any:
        """The places of those that match."""
        keep = np.ones(len(self.keys), bool)
        if asked.during is not None and len(keep):
            begins, ends = times_of(self.table.combine_chunks().to_batches()[0], self._layout)
            begin, end = asked.during
            keep &= True if begin is None else ends >= microseconds(begin)
            keep &= True if end is None else begins <= microseconds(end)
        if asked.regions is not None:
            paths = self.table.column(REGION).to_pylist()
            keep &= np.array([bool(path) and path.startswith(asked.regions) for path in paths], bool)
        if asked.box is not None:
            keep &= touching(self._boxes, asked.box)
            open_ = np.flatnonzero(keep & ~inside(self._boxes, asked.box))
            keep[open_] = meeting(self._shapes[open_], asked.box)
        if asked.condition is not None and keep.any():
            places = np.flatnonzero(keep)
            keep[places] = conditions.mask(self.table.take(places), asked.condition)
        return np.flatnonzero(keep)


@lru_cache(maxsize=32)
def _few(_layer: int, _edition: int, _tag: str, edits: Any, layout: Layout) -> Few:
    return Few(list(edits()), layout)


class _Query:
    """The query for a layer's edits, equal to every other one for the cache."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer.pk

    def __call__(self) -> list[Edit]:
        return list(Edit.objects.filter(layer=self._layer).order_by("key"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Query)

    def __hash__(self) -> int:
        return 0


def edits_of(layer: Layer, layout: Layout, tag: str) -> Few:
    """The edits that lie over a revision; read once for each edition in a process."""
    return _few(layer.pk, layer.edition, tag, _Query(layer), layout)
