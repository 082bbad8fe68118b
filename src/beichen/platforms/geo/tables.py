"""Layers on tables of the warehouse: a revision for each version of the table that is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from beichen.kernel.actor import Actor
from beichen.platforms.geo.models import Layer, Origin, Revision
from beichen.platforms.geo.regions import Regions
from beichen.platforms.geo.revisions import forget_old, make_revision
from beichen.platforms.geo.snapshots.building import PIECE
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Field, FieldKind, column_name
from beichen.platforms.warehouse import service as warehouse
from beichen.platforms.warehouse.models import NEVER, WarehouseTable
from beichen.platforms.warehouse.service import ColumnType, TableFacts

KINDS = {
    ColumnType.TEXT: FieldKind.TEXT,
    ColumnType.JSON: FieldKind.TEXT,
    ColumnType.INTEGER: FieldKind.INTEGER,
    ColumnType.NUMBER: FieldKind.NUMBER,
    ColumnType.BOOLEAN: FieldKind.BOOLEAN,
    ColumnType.DATE: FieldKind.DATE,
    ColumnType.TIME: FieldKind.TIME,
}


def refresh_tables(*, by: Actor) -> list[str]:
    """Make the next revision of each layer whose table has another version; returns the layers' keys.

    What a table's check or engine refuses (ProblemError) leaves its layer as it is until the next time.
    """
    rows = Layer.objects.filter(origin=Origin.TABLE, is_current=True).select_related("revision")
    versions = dict(WarehouseTable.objects.filter(is_current=True).values_list("name", "version"))
    refreshed = []
    for layer in rows:
        version = versions.get(layer.particulars["table"], NEVER)
        if version != NEVER and (layer.revision is None or layer.revision.of != _of(version)):
            refresh_table(layer, by=by)
            refreshed.append(layer.key)
    return refreshed


def refresh_table(layer: Layer, *, by: Actor) -> Revision:
    """Make the layer's revision of its table as it is now. Raises ProblemError WHS-204, WHS-205, WHS-404."""
    said: Mapping[str, Any] = layer.particulars
    facts = warehouse.table(said["table"]).facts
    layout = _layout(layer, facts)
    with warehouse.reader() as ask:
        rows = ask.sql(f'select * from "{facts.name}"')  # noqa: S608 - the name of a declared table
        version = ask.versions[facts.name]
    revision = make_revision(layer, _batches(rows, facts, layer, layout), layout, by=by, of=_of(version))
    forget_old(layer)
    return revision


def _of(version: int) -> str:
    return f"version {version}"


def _layout(layer: Layer, facts: TableFacts) -> Layout:
    """The columns of the table that the layer's level reaches, without those that are the place."""
    places = {layer.particulars.get(part) for part in ("longitude", "latitude", "geometry")}
    fields = tuple(
        Field(column_name(column.name), KINDS[column.type], column.zh, column.en)
        for column in facts.columns
        if column.name not in places and facts.level_of(column) <= layer.level
    )
    times = (layer.dimensions.get(part, "") for part in ("valid_from", "valid_to"))
    return Layout(fields, *times)


def _batches(rows: Any, facts: TableFacts, layer: Layer, layout: Layout) -> Iterator[pa.RecordBatch]:
    locate = Regions()
    named = {column_name(column.name): column.name for column in facts.columns}
    key = layer.particulars.get("key") or (facts.key[0] if len(facts.key) == 1 else "")
    taken: set[str] = set()
    for start in range(0, rows.num_rows, PIECE):
        piece = rows.slice(start, PIECE)
        shapes = _shapes(piece, layer.particulars)
        kept = np.flatnonzero(~shapely.is_missing(shapes))
        if not len(kept):
            continue
        piece, shapes = piece.take(pa.array(kept)), shapes[kept]
        region = layer.region_property
        told = [str(one) for one in piece.column(region).to_pylist()] if region else [None] * len(kept)
        columns: dict[str, Any] = {
            KEY: pa.array(_keys(piece, key, start + kept + 1, taken), pa.string()),
            GEOMETRY: pa.array(shapely.to_wkb(shapes), pa.binary()),
            REGION: pa.array(locate(shapes, told), pa.string()),
        }
        for field in layout.fields:
            column = piece.column(named[field.name]).combine_chunks()
            columns[field.name] = pc.cast(column, layout.schema.field(field.name).type)
        yield pa.RecordBatch.from_pydict(columns, layout.schema)


def _shapes(piece: Any, said: Mapping[str, Any]) -> Any:
    """Each row's shape; None where there is no sound one on the globe."""
    if said.get("geometry"):
        texts = np.array(piece.column(said["geometry"]).to_pylist(), object)
        shapes = shapely.from_wkt(texts, on_invalid="ignore")
        shapes[~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)] = None
    else:
        places = np.column_stack(
            [
                pc.cast(piece.column(said[part]), pa.float64()).to_numpy(zero_copy_only=False)
                for part in ("longitude", "latitude")
            ]
        )
        known = np.isfinite(places).all(axis=1)
        shapes = np.empty(len(places), object)
        shapes[known] = shapely.points(places[known])
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        shapes[~((west >= -180) & (east <= 180) & (south >= -90) & (north <= 90))] = None
    return shapes


def _keys(piece: Any, key: str, numbers: Any, taken: set[str]) -> list[str]:
    told = piece.column(key).to_pylist() if key else [None] * piece.num_rows
    keys = []
    for value, number in zip(told, numbers.tolist(), strict=True):
        name = str(number) if value in (None, "") else str(value)[:180]
        name = f"{name}-{number}" if name in taken else name
        taken.add(name)
        keys.append(name)
    return keys
