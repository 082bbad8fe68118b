"""Makes a vector tile (Mapbox Vector Tile 2.1) of a table of features.

Shapes are placed in the tile's units and cut at its margin by shapely, all at once; DuckDB's spatial
extension writes the tile, plain points are written by :mod:`~beichen.platforms.geo.mvt`. A tile is bounded:
20,000 features, 400,000 vertices before they are cut, 2 MB; a larger one is written again without its
properties.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import shapely

from beichen.platforms.geo.mvt import points
from beichen.platforms.geo.ogc.tiles.schemes import EXTENT, MARGIN, Positions, Tile
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Asked, Source

MAX_FEATURES = 20_000
MAX_VERTICES = 400_000
MAX_BYTES = 2_000_000
_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
_SHAPE = "_shape"
_FINE = 0.5  # of a unit: what is nearer is one place
_kept = threading.local()


def drawn(source: Source, asked: Asked, tile: Tile, name: str) -> bytes:
    """The tile of what is asked of a source; see :func:`encoded`."""
    dots = source.dots(asked)
    found = None if dots is None else _copied(dots.places, dots.properties, tile, name)
    if found is None or len(found) > MAX_BYTES:
        return encoded(source.columns(asked), tile, name)
    return found


def _copied(
    degrees: Positions, properties_of: Callable[[Any], points.Properties], tile: Tile, name: str
) -> bytes:
    """A tile of points whose values were made before, of those that are chosen (None: of all)."""
    places = np.round(tile.placed(degrees))
    inside = _inside(places)
    is_whole = bool(inside.all())
    places = places if is_whole else places[inside]
    if not len(places):
        return b""
    properties = properties_of(None if is_whole else inside)
    return points.written(places[:, 0], places[:, 1], properties, name, EXTENT)


def _inside(places: Positions) -> Positions:
    """Which places lie in the tile or in its margin."""
    found: Positions = np.all((places >= -MARGIN) & (places <= EXTENT + MARGIN), axis=1)
    return found


def encoded(table: pa.Table, tile: Tile, name: str) -> bytes:
    """The tile's one layer, called ``name``; nothing when no feature is left in it."""
    if not table.num_rows:
        return b""
    table = table.drop_columns([REGION]) if REGION in table.column_names else table
    plain = _points(table, tile)
    if plain is not None:
        return _bounded(lambda bare: _dotted(*plain, name, bare=bare))
    shaped = _shapes(table, tile)
    if not shaped.num_rows:
        return b""
    return _bounded(lambda bare: _written(shaped.select([KEY, _SHAPE]) if bare else shaped, name))


def _bounded(write: Callable[[bool], bytes]) -> bytes:
    """The tile, without its properties when it is too large with them."""
    found = write(False)
    return write(True) if len(found) > MAX_BYTES else found


def _dotted(table: pa.Table, places: Positions, name: str, *, bare: bool) -> bytes:
    if not table.num_rows:
        return b""
    properties = points.properties_of(table.select([KEY]) if bare else table)
    return points.written(places[:, 0], places[:, 1], properties, name, EXTENT)


def _points(table: pa.Table, tile: Tile) -> tuple[pa.Table, Positions] | None:
    """The table without shapes, and places in the tile, when all are plain points: read without GEOS."""
    column = table.column(GEOMETRY).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks)
    if column.null_count or column.type != pa.binary():
        return None
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)
    if (
        int(offsets[-1] - offsets[0]) != len(column) * _POINT.itemsize
        or (np.diff(offsets) != _POINT.itemsize).any()
    ):
        return None
    raw = np.frombuffer(column.buffers()[2], _POINT, len(column), int(offsets[0]))
    if (raw["order"] != 1).any() or (raw["kind"] != 1).any():
        return None
    places = np.round(tile.placed(np.column_stack([raw["x"], raw["y"]])))
    inside = _inside(places)
    table = table.drop_columns([GEOMETRY])
    if not inside.all():
        table, places = table.filter(pa.array(inside)), places[inside]
    return table, places


def _shapes(table: pa.Table, tile: Tile) -> pa.Table:
    """The table with shapes in the tile's units, cut, without what is too small to be seen."""
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
    counts = np.cumsum(shapely.get_num_coordinates(shapes))
    few = int(np.searchsorted(counts, MAX_VERTICES, side="right")) or 1
    shapes, table = shapely.force_2d(shapes[:few]), table.slice(0, few)
    placed = shapely.transform(shapes, tile.placed)
    placed = shapely.simplify(placed, _FINE, preserve_topology=False)
    placed = shapely.clip_by_rect(placed, -MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN)
    placed = shapely.transform(placed, np.round)
    bad = ~shapely.is_valid(placed)
    if bad.any():
        placed[bad] = shapely.make_valid(placed[bad], method="structure", keep_collapsed=False)
    placed = shapely.remove_repeated_points(placed)  # only now: GEOS refuses rings that fell to a point
    placed = shapely.orient_polygons(placed, exterior_cw=False)
    dimension = shapely.get_dimensions(placed)
    # A shape that fell to pieces of a lower dimension on the way is none any more.
    whole = (dimension == shapely.get_dimensions(shapes)) & ~shapely.is_empty(placed)
    whole &= shapely.get_type_id(placed) != shapely.GeometryType.GEOMETRYCOLLECTION
    table = table.drop_columns([GEOMETRY]).filter(pa.array(whole))
    binary = pa.array(shapely.to_wkb(placed[whole]), pa.binary())
    return table.append_column(_SHAPE, binary)


def _written(table: pa.Table, name: str) -> bytes:
    columns = ", ".join(_selected(field) for field in table.schema if field.name != _SHAPE)
    layer = name.replace("'", "''")
    inner = f"SELECT {columns}, ST_GeomFromWKB({_SHAPE}) AS _at FROM features"
    sql = f"SELECT ST_AsMVT(one, '{layer}', {EXTENT}, '_at') FROM ({inner}) one"
    # Moments go without their zone: what DuckDB does with zones is another extension's. DuckDB finds the
    # table by the name of this variable, which costs it half of what registering it does.
    features = table.cast(pa.schema([_zoneless(field) for field in table.schema]))  # noqa: F841
    row = _cursor().execute(sql).fetchone()
    return bytes(row[0]) if row and row[0] else b""


def _zoneless(field: pa.Field) -> pa.Field:
    return field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field


def _selected(field: pa.Field) -> str:
    """A column as a tile can hold it: text, numbers, yes and no."""
    quoted = '"' + field.name.replace('"', '""') + '"'
    if pa.types.is_date(field.type):
        return f"CAST({quoted} AS VARCHAR) AS {quoted}"
    if pa.types.is_timestamp(field.type):
        return f"strftime({quoted}, '%Y-%m-%dT%H:%M:%SZ') AS {quoted}"
    return str(quoted)


def _cursor() -> duckdb.DuckDBPyConnection:
    found: Any = getattr(_kept, "cursor", None)
    if found is None:
        found = _kept.cursor = _engine().cursor()
    return found  # type: ignore[no-any-return]


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, with the extension as its wheel brings it."""
    engine = duckdb.connect(config={"threads": 1, "memory_limit": "512MB"})
    folder = Path(str(files("duckdb_extension_spatial")))
    extension = next(folder.glob("extensions/*/spatial.duckdb_extension"))
    engine.execute(f"LOAD '{extension}'")
    return engine
