"""The registry's objects of one type as a layer: asked at the moment, within what the reader may see."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from beichen.kernel.actor import Actor
from beichen.platforms.geo import conditions
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.snapshots.gathering import as_kind
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.snapshots.marks import after_of, key_hash, mark_of, no_page
from beichen.platforms.geo.snapshots.unfolding import as_feature
from beichen.platforms.geo.snapshots.values import Dots
from beichen.platforms.geo.source import (
    GEOMETRY,
    KEY,
    REGION,
    Answer,
    Asked,
    Box,
    Described,
    Field,
    FieldKind,
    column_name,
)
from beichen.registry import service as registry
from beichen.registry.models import ObjectType
from beichen.registry.service import Shown

COUNTED_SECONDS = 30
MOST_LOOKED_AT = 20_000  # objects that one answer with a condition looks at
OBJECT = "object"  # stands in marks of pages
_KINDS = {"integer": FieldKind.INTEGER, "number": FieldKind.NUMBER, "boolean": FieldKind.BOOLEAN}
_FORMATS = {"date": FieldKind.DATE, "date-time": FieldKind.TIME}


class Objects:
    """Objects of the type that the layer names, for ``by``. Raises ProblemError REG-115."""

    def __init__(self, layer: Layer, by: Actor) -> None:
        self._kind = registry.seen_type(str(layer.particulars["type"]))
        self._by = by
        self._box = (layer.west, layer.south, layer.east, layer.north)
        self.layout = Layout((Field("name", FieldKind.TEXT, "名称", "Name"), *_fields(self._kind, by)))

    def described(self) -> Described:
        """See :class:`~beichen.platforms.geo.source.Source`; the count is at most half a minute old."""
        count = _counted(self._kind, self._by, int(time.monotonic() / COUNTED_SECONDS))
        box = None if self._box == (0, 0, 0, 0) else self._box
        return Described(self.layout.fields, count, box, (None, None), "")

    def page(self, asked: Asked) -> Answer:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        found, after = self._found(asked)
        features = [as_feature(one.code, one.geometry, self._values(one, asked)) for one in found]
        return Answer(features, after, len(found) if not after and not asked.after else None)

    def feature(self, key: str, regions: tuple[str, ...] | None = None) -> bytes | None:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        one = registry.shown_object(self._kind, key, by=self._by)
        if one is None or (regions is not None and not one.region.startswith(regions)):
            return None
        return as_feature(one.code, one.geometry, self._values(one, Asked(limit=1)))

    def columns(self, asked: Asked) -> pa.Table:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        found, _after = self._found(asked)
        return self._table(found, asked)

    def dots(self, asked: Asked) -> Dots | None:
        """None: objects are read as they are at this moment."""
        return None

    def _found(self, asked: Asked) -> tuple[list[Shown], str]:
        after = _object_after(asked.after)
        kept: list[Shown] = []
        looked_at = 0
        while True:
            wanted = asked.limit - len(kept)
            shown, more = registry.shown_objects(
                self._kind, by=self._by, limit=max(wanted, 1), after=after, box=_plain(asked.box)
            )
            looked_at += len(shown)
            kept += self._narrowed(shown, asked)
            if not more:
                return kept, ""
            after = more
            if len(kept) >= asked.limit or looked_at >= MOST_LOOKED_AT:
                return kept, mark_of(after, OBJECT)

    def _narrowed(self, shown: list[Shown], asked: Asked) -> list[Shown]:
        if asked.regions is not None:
            shown = [one for one in shown if one.region and one.region.startswith(asked.regions)]
        if asked.box is not None and asked.box[0] > asked.box[2]:
            west, _south, east, _north = asked.box
            bounds = [shapely.from_geojson(orjson.dumps(one.geometry)).bounds for one in shown]
            shown = [
                one
                for one, (left, _, right, _) in zip(shown, bounds, strict=True)
                if right >= west or left <= east
            ]
        if asked.condition is not None and shown:
            mask = conditions.mask(self._table(shown, Asked(limit=1)), asked.condition)
            shown = [one for one, holds in zip(shown, np.asarray(mask).tolist(), strict=True) if holds]
        return shown

    def _fields(self, asked: Asked) -> list[Field]:
        return [field for field in self.layout.fields if not asked.names or field.name in asked.names]

    def _values(self, one: Shown, asked: Asked) -> dict[str, Any]:
        own = {column_name(name): value for name, value in one.values.items()}
        values = {"name": one.name, **own}
        return {field.name: values.get(field.name) for field in self._fields(asked)}

    def _table(self, found: list[Shown], asked: Asked) -> pa.Table:
        shapes = shapely.from_geojson([orjson.dumps(one.geometry).decode() for one in found])
        columns: dict[str, Any] = {
            KEY: pa.array([one.code for one in found], pa.string()),
            GEOMETRY: pa.array(shapely.to_wkb(shapes), pa.binary()),
            REGION: pa.array([one.region for one in found], pa.string()),
        }
        rows = [self._values(one, asked) for one in found]
        for field in self._fields(asked):
            values = [as_kind(row[field.name], field.kind) for row in rows]
            columns[field.name] = pa.array(values, self.layout.schema.field(field.name).type)
        return pa.table(columns)


def _fields(kind: ObjectType, by: Actor) -> list[Field]:
    fields = []
    for name in registry.names_of_type(kind, by=by):
        if name == "name":
            continue
        schema = kind.fields.get(name) or kind.measures.get(name) or {}
        found = _KINDS.get(str(schema.get("type", "")), FieldKind.TEXT)
        if name in kind.measures and "type" not in schema:
            found = FieldKind.NUMBER
        found = _FORMATS.get(str(schema.get("format", "")), found)
        words = kind.labels.get(name) or {}
        title = words if isinstance(words, dict) else {"zh": str(words)}
        fields.append(Field(column_name(name), found, title.get("zh", ""), title.get("en", "")))
    return fields


@lru_cache(maxsize=256)
def _counted(kind: ObjectType, by: Actor, _moment: int) -> int:
    return registry.count_objects(kind, by=by)


def _object_after(mark: str) -> int:
    if not mark:
        return 0
    number, hashed = after_of(mark)
    if hashed != key_hash(OBJECT):
        raise no_page(mark)
    return number


def _plain(box: Box | None) -> Box | None:
    """A box for the spatial index; over the antimeridian all around, and narrowed afterwards."""
    if box is None or box[0] <= box[2]:
        return box
    return (-180.0, box[1], 180.0, box[3])
