"""A layer as a file: what the reader may see of it, a piece at a time."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from beichen.platforms.geo.codes import TOO_LARGE_EXPORT
from beichen.platforms.geo.models import GeometryKind, Layer
from beichen.platforms.geo.snapshots.building import build
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Asked, Source
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings

FORMATS = {
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
PIECE = 5_000
MOST = 500_000  # features of a file that is made whole before it is sent
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAMES = {
    GeometryKind.POINT: "Point",
    GeometryKind.LINE: "MultiLineString",
    GeometryKind.POLYGON: "MultiPolygon",
}


def export(layer: Layer, source: Source, wanted: str) -> Iterator[bytes]:
    """The features in one of :data:`FORMATS`. Raises ProblemError GEO-811 for more than is made at once."""
    if wanted not in FORMATS:
        message = said("no layer is given as {form}", form=wanted[:20])
        raise ProblemError(Problem(TOO_LARGE_EXPORT, message, hint=", ".join(FORMATS)))
    if wanted == "geojson":
        return _geojson(source)
    if wanted == "csv":
        return _csv(layer, source)
    count = source.described().count
    if count > MOST:
        message = said("{count} features, at most {most}", count=count, most=MOST)
        hint = said("GeoJSON and CSV have no bound")
        raise ProblemError(Problem(TOO_LARGE_EXPORT, message, hint=hint))
    return _file(layer, source, wanted)


def _pages(source: Source) -> Iterator[tuple[list[bytes], Asked]]:
    """Pages of features, each with the question that gives its columns."""
    asked = Asked(limit=PIECE)
    while True:
        answer = source.page(asked)
        yield answer.features, replace(asked, limit=max(len(answer.features), 1))
        if not answer.after:
            return
        asked = replace(asked, after=answer.after)


def _geojson(source: Source) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    between = b"\n"
    for features, _asked in _pages(source):
        if features:
            yield between + b",\n".join(features)
            between = b",\n"
    yield b"\n]}\n"


def _tables(source: Source) -> Iterator[pa.Table]:
    for features, asked in _pages(source):
        if features:
            yield source.columns(asked)


def _csv(layer: Layer, source: Source) -> Iterator[bytes]:
    names = [field.name for field in source.described().fields]
    is_point = layer.kind == GeometryKind.POINT
    yield b"\xef\xbb\xbf" + _line([KEY, *(["lon", "lat"] if is_point else ["wkt"]), *names])
    for table in _tables(source):
        shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
        values = table.select(names).to_pylist()
        lines = []
        for key, shape, row in zip(table.column(KEY).to_pylist(), shapes, values, strict=True):
            is_dot = is_point and shape.geom_type == "Point"
            centre = shape if is_dot else shape.centroid
            place = [f"{centre.x:.7f}", f"{centre.y:.7f}"] if is_point else [shapely.to_wkt(shape, 7)]
            lines.append(_line([key, *place, *(row[name] for name in names)]))
        yield b"".join(lines)


def _line(values: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(value) for value in values])
    return text.getvalue().encode("utf-8", "replace")


def _harmless(value: Any) -> Any:
    """No spreadsheet takes a text for a formula; numbers stay what they are."""
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _file(layer: Layer, source: Source, wanted: str) -> Iterator[bytes]:
    spool = settings().data_dir / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool, prefix="layer-") as folder:
        target = Path(folder) / f"{layer.key}.{wanted}"
        if wanted == "parquet":
            _parquet(source, target)
        else:
            _geopackage(layer, source, target)
        with target.open("rb") as file:
            while piece := file.read(1 << 20):
                yield piece


def _parquet(source: Source, target: Path) -> None:
    layout = Layout(source.described().fields)
    batches = (batch for table in _tables(source) for batch in table.combine_chunks().to_batches())
    build(batches, layout, target)


def _geopackage(layer: Layer, source: Source, target: Path) -> None:
    import pyogrio  # heavy, and not needed by every process

    is_first = True
    for table in _tables(source):
        shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy())
        kind = _NAMES[GeometryKind(layer.kind)]
        if kind == "Point" and any(shapely.get_type_id(shapes) == 4):
            kind = "MultiPoint"
        plain = table.drop_columns([GEOMETRY, REGION]).rename_columns(
            ["feature_id", *(name for name in table.column_names if name not in (KEY, GEOMETRY, REGION))]
        )
        column = pa.array(shapely.to_wkb(_multi(shapes, kind)), pa.binary())
        pyogrio.write_arrow(
            plain.append_column("geom", column),
            target,
            driver="GPKG",
            layer=layer.key,
            geometry_name="geom",
            geometry_type=kind,
            crs="EPSG:4326",
            append=not is_first,
        )
        is_first = False
    if is_first:
        empty = pa.table({"feature_id": pa.array([], pa.string()), "geom": pa.array([], pa.binary())})
        options = {"driver": "GPKG", "geometry_name": "geom", "geometry_type": "Point", "crs": "EPSG:4326"}
        pyogrio.write_arrow(empty, target, layer=layer.key, **options)


def _multi(shapes: Any, kind: str) -> Any:
    """The shapes in the multi-form that a layer of a file has."""
    made = {
        "MultiPoint": shapely.multipoints,
        "MultiLineString": shapely.multilinestrings,
        "MultiPolygon": shapely.multipolygons,
    }.get(kind)
    if made is None:
        return shapes
    return [made(shapely.get_parts(shape)) for shape in shapes]
