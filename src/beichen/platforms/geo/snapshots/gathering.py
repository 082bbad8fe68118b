"""GeoJSON features that are in memory, as batches for :mod:`.building`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import shapely
from django.utils import timezone

from beichen.platforms.geo.snapshots.building import PIECE
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Field, FieldKind, column_name

Locate = Callable[[npt.NDArray[np.object_], Sequence[str | None]], list[str]]
"""Gives for shapes, and for what each says of its region (may be None), the path of the region."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def layout_of(features: Iterable[dict[str, Any]], *, valid_from: str = "", valid_to: str = "") -> Layout:
    """The fields that features have, each of the narrowest kind that holds all its values."""
    kinds: dict[str, FieldKind | None] = {}
    times = (valid_from, valid_to)
    for feature in features:
        for name, value in (feature.get("properties") or {}).items():
            kinds[name] = wider(kinds.get(name), kind_of_time(value) if name in times else kind_of(value))
    return layout_from(kinds, valid_from=valid_from, valid_to=valid_to)


def layout_from(kinds: dict[str, FieldKind | None], *, valid_from: str = "", valid_to: str = "") -> Layout:
    """The layout of properties whose kinds are known; those that say a time are times or days."""
    fields = []
    for name, kind in kinds.items():
        if name in (valid_from, valid_to) and kind is not FieldKind.DATE:
            kind = FieldKind.TIME
        fields.append(Field(column_name(name), kind or FieldKind.TEXT))
    present = {field.name for field in fields}
    begin, end = (
        column_name(name) if column_name(name) in present else "" for name in (valid_from, valid_to)
    )
    return Layout(tuple(fields), begin, end)


def kind_of(value: Any) -> FieldKind | None:
    """The narrowest kind that holds a value; None for no value."""
    if value is None:
        return None
    if isinstance(value, bool):
        return FieldKind.BOOLEAN
    if isinstance(value, int) and abs(value) < 1 << 63:
        return FieldKind.INTEGER
    return FieldKind.NUMBER if isinstance(value, int | float) else FieldKind.TEXT


def kind_of_time(value: Any) -> FieldKind | None:
    """Of a property that says a time: whether it is a day or a moment."""
    if value is None:
        return None
    return FieldKind.DATE if isinstance(value, str) and _DAY.fullmatch(value) else FieldKind.TIME


def wider(kind: FieldKind | None, found: FieldKind | None) -> FieldKind | None:
    """The kind that holds values of both."""
    if kind is None or found is None or kind is found:
        return kind or found
    for both in ({FieldKind.INTEGER, FieldKind.NUMBER}, {FieldKind.DATE, FieldKind.TIME}):
        if {kind, found} <= both:
            return FieldKind.NUMBER if FieldKind.NUMBER in both else FieldKind.TIME
    return FieldKind.TEXT


def batches_of(
    features: Iterable[dict[str, Any]],
    layout: Layout,
    locate: Locate,
    *,
    key: str = "",
    region: str = "",
) -> Iterator[pa.RecordBatch]:
    """Features as batches: named by the property ``key``, their ``id``, or their place in the order."""
    waiting = iter(features)
    taken: set[str] = set()
    number = 0
    while piece := list(islice(waiting, PIECE)):
        rows = [feature.get("properties") or {} for feature in piece]
        shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]).decode() for feature in piece])
        keys = []
        for feature, row in zip(piece, rows, strict=True):
            number += 1
            keys.append(_own_key(feature, row, key, number, taken))
        told = [None if row.get(region) is None else str(row[region]) for row in rows]
        columns = {
            KEY: pa.array(keys, pa.string()),
            GEOMETRY: pa.array(shapely.to_wkb(shapes, include_srid=False), pa.binary()),
            REGION: pa.array(locate(shapes, told), pa.string()),
        }
        by_column = [{column_name(name): value for name, value in row.items()} for row in rows]
        for field in layout.fields:
            values = [as_kind(row.get(field.name), field.kind) for row in by_column]
            columns[field.name] = pa.array(values, layout.schema.field(field.name).type)
        yield pa.RecordBatch.from_pydict(columns, layout.schema)


def _own_key(feature: dict[str, Any], row: dict[str, Any], key: str, number: int, taken: set[str]) -> str:
    found = row.get(key) if key else feature.get("id")
    name = str(found)[:200] if found not in (None, "") else str(number)
    while name in taken:
        name = f"{name[:190]}-{number}"
    taken.add(name)
    return name


def as_kind(value: Any, kind: FieldKind) -> Any:
    """A value of GeoJSON as its field's kind holds it; None where it does not."""
    if value is None:
        return None
    if kind is FieldKind.TEXT:
        return value if isinstance(value, str) else orjson.dumps(value).decode()
    if kind in (FieldKind.DATE, FieldKind.TIME):
        return _moment(value, kind)
    if isinstance(value, str | list | dict) or (isinstance(value, bool) != (kind is FieldKind.BOOLEAN)):
        return None
    if kind is FieldKind.INTEGER:
        return int(value) if float(value).is_integer() else None
    return float(value) if kind is FieldKind.NUMBER else value


def _moment(value: Any, kind: FieldKind) -> date | datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if kind is FieldKind.DATE:
        return moment.date()
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())
