"""What an analysis reads: features of a layer, or the registry's objects of a type, within rights.

A name says which: a layer's key (`districts`), or `objects:` and a type (`objects:facility`), narrowed by one
field (`objects:facility?category=public-toilet`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.analysis.codes import (
    BAD_VALUE,
    MOST_FEATURES,
    MOST_VERTICES,
    TOO_MUCH,
    WRONG_SHAPES,
    refused,
)
from beichen.platforms.geo.models import GeometryKind, Layer, Origin
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Asked, Condition, FieldKind, Source
from beichen.problem import nearest, said

_NAME = re.compile(r"(?:(objects):)?([A-Za-z0-9][\w.-]{0,119})(?:\?([^=?]{1,60})=([^?]{1,200}))?\Z")
MOST_SOURCES = 8
NAMES = ("name", "name_zh", "title", "名称")
_DIMENSIONS = {GeometryKind.POINT: 0, GeometryKind.LINE: 1, GeometryKind.POLYGON: 2}


@dataclass(frozen=True, slots=True)
class Features:
    """Features in degrees: parallel arrays; ``tag`` is another whenever they may be (empty: never keep)."""

    name: str
    title: str
    keys: Any
    shapes: Any
    regions: Any
    table: pa.Table
    tag: str
    source: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def dimension(self) -> int:
        """0 for points, 1 for lines, 2 for areas; −1 without features."""
        found = shapely.get_dimensions(self.shapes)
        return int(found.max()) if len(found) else -1

    @property
    def labels(self) -> list[str]:
        """What each feature is called: its name, or its key."""
        known = [name for name in NAMES if name in self.table.column_names]
        names = self.table.column(known[0]).to_pylist() if known else [None] * len(self)
        return [str(name) if name else str(key) for name, key in zip(names, self.keys, strict=True)]

    def numbers(self, name: str) -> Any:
        """A numeric field as floats, NaN where it is missing. Raises ProblemError GEO-641."""
        if name not in self.table.column_names:
            hint = nearest(name[:60], self.table.column_names)
            raise refused(
                BAD_VALUE, said("{layer} has no field {name}", layer=self.name, name=name[:60]), "field", hint
            )
        column = self.table.column(name)
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise refused(BAD_VALUE, said("the field {name} holds no numbers", name=name), "field")
        return column.cast(pa.float64()).to_numpy(zero_copy_only=False)

    def values(self, name: str) -> list[Any]:
        """A field's values; nothing but None where there is no such field."""
        if name not in self.table.column_names:
            return [None] * len(self)
        return list(self.table.column(name).to_pylist())


def find_layer(key: str, by: Actor, name: str) -> Layer:
    """A layer that ``by`` may read. Raises ProblemError GEO-641."""
    found = geo.layers_for(by).select_related("revision", "body").filter(key=key).first()
    if found is None:
        hint = nearest(key[:60], geo.layers_for(by).values_list("key", flat=True)[:500])
        raise refused(BAD_VALUE, said("there is no layer {key}", key=key[:60]), name, hint)
    return found


def _objects(type_key: str) -> Layer:
    """A layer of the registry's objects of a type, made for this question and never kept."""
    return Layer(
        key=f"objects-{type_key}"[:60], name=type_key, name_en=type_key, kind=GeometryKind.POINT,
        origin=Origin.OBJECTS, particulars={"type": type_key}, west=0, south=0, east=0, north=0,
    )  # fmt: skip


def read(
    told: str,
    *,
    by: Actor,
    name: str = "layer",
    dimensions: tuple[int, ...] = (0, 1, 2),
    most: int = MOST_FEATURES,
) -> Features:
    """The features that ``told`` names; invalid areas are mended.

    Raises ProblemError: GEO-641 no such layer, GEO-643 too many features, GEO-644 other kinds of geometry.
    """
    layer, narrowed = _named(told, by, name)
    source = geo.source_of(layer, by)
    described = source.described()
    if not narrowed and described.count > most:
        raise _too_many(layer, described.count, most, name)
    condition = _condition(source, narrowed, name)
    table = source.columns(Asked(limit=most + 1, condition=condition))
    if table.num_rows > most:
        raise _too_many(layer, table.num_rows, most, name)
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    has_shape = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    table, shapes = table.filter(pa.array(has_shape)), shapes[has_shape]
    if shapely.get_num_coordinates(shapes).sum() > MOST_VERTICES:
        message = said("{layer} has more than {most:,} vertices", layer=layer.key, most=MOST_VERTICES)
        raise refused(TOO_MUCH, message, name)
    _check_kinds(layer, shapes, dimensions, name)
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = shapely.make_valid(shapes[broken])
    return Features(
        told, layer.name, np.array(table.column(KEY).to_pylist(), dtype=object), shapely.force_2d(shapes),
        np.array(table.column(REGION).to_pylist(), dtype=object), table.drop_columns([GEOMETRY]),
        f"{described.tag}|{told}" if described.tag else "",
        _source(told, layer, table),
    )  # fmt: skip


def _source(told: str, layer: Layer, table: pa.Table) -> dict[str, str]:
    """Where the features come from, as results repeat it; objects may say it themselves."""
    level = max(layer.level, Level.L2) if layer.origin == Origin.OBJECTS else layer.level
    known = {"layer": told, "name": layer.name, "attribution": layer.attribution, "level": str(level)}
    for name, said_by_layer in (("source", layer.source), ("licence", layer.licence)):
        column = table.column(name).unique().to_pylist() if name in table.column_names else []
        said_by_features = "; ".join(sorted({str(one) for one in column if one})[:MOST_SOURCES])
        known[name] = said_by_layer or said_by_features
    return known


def _named(told: str, by: Actor, name: str) -> tuple[Layer, tuple[str, str] | None]:
    found = _NAME.match(told)
    if found is None:
        hint = said("a layer's key, or {example}", example="objects:facility?category=police")
        raise refused(BAD_VALUE, said("this names no layer"), name, hint)
    is_objects, key, column, value = found.groups()
    layer = _objects(key) if is_objects else find_layer(key, by, name)
    return layer, (column, value) if column else None


def _condition(source: Source, narrowed: tuple[str, str] | None, name: str) -> Condition | None:
    """`field=value` as CQL2, the value as the field's kind."""
    if narrowed is None:
        return None
    column, text = narrowed
    kinds = {one.name: one.kind for one in source.described().fields}
    if column not in kinds:
        message = said("{layer} has no field {name}", layer=name, name=column)
        raise refused(BAD_VALUE, message, name, nearest(column, kinds))
    value: Any = text
    if kinds[column] in (FieldKind.INTEGER, FieldKind.NUMBER):
        try:
            value = float(text)
        except ValueError:
            raise refused(BAD_VALUE, said("the field {name} holds numbers", name=column), name) from None
    elif kinds[column] == FieldKind.BOOLEAN:
        value = text.lower() in ("true", "1", "yes")
    return {"op": "=", "args": [{"property": column}, value]}


def _too_many(layer: Layer, count: int, most: int, name: str) -> Exception:
    message = said(
        "{layer} has {count:,} features, at most {most:,}", layer=layer.key, count=count, most=most
    )
    return refused(TOO_MUCH, message, name, said("narrow it: {example}", example=f"{layer.key}?field=value"))


def _check_kinds(layer: Layer, shapes: Any, dimensions: tuple[int, ...], name: str) -> None:
    found = set(np.unique(shapely.get_dimensions(shapes)).tolist()) - set(dimensions)
    if found:
        words = {0: said("point features"), 1: said("line features"), 2: said("area features")}
        wanted = ", ".join(words[one] for one in dimensions)
        message = said("{layer} has {kind}", layer=layer.key, kind=words.get(max(found), "?"))
        raise refused(WRONG_SHAPES, message, name, said("what is needed: {kinds}", kinds=wanted))
