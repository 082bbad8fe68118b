"""Which columns a file of features has, and how kinds of fields are said in Arrow and in GeoParquet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson
import pyarrow as pa

from beichen.platforms.geo.source import GEOMETRY, KEY, REGION, Field, FieldKind

ARROW: dict[FieldKind, pa.DataType] = {
    FieldKind.TEXT: pa.string(),
    FieldKind.INTEGER: pa.int64(),
    FieldKind.NUMBER: pa.float64(),
    FieldKind.BOOLEAN: pa.bool_(),
    FieldKind.DATE: pa.date32(),
    FieldKind.TIME: pa.timestamp("us", tz="UTC"),
}
_OURS = b"beichen"


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a layer, and which of them say from when and until when a feature is (both closed)."""

    fields: tuple[Field, ...]
    valid_from: str = ""
    valid_to: str = ""

    @property
    def schema(self) -> pa.Schema:
        """The columns of a file: key, shape, region, then the fields."""
        own = [pa.field(KEY, pa.string()), pa.field(GEOMETRY, pa.binary()), pa.field(REGION, pa.string())]
        return pa.schema([*own, *(pa.field(field.name, ARROW[field.kind]) for field in self.fields)])


def written(fields: tuple[Field, ...]) -> list[dict[str, str]]:
    """Fields as they are kept in JSON."""
    return [{name: str(value) for name, value in asdict(field).items()} for field in fields]


def read_fields(kept: list[dict[str, str]]) -> tuple[Field, ...]:
    """Fields from what :func:`written` gave."""
    return tuple(
        Field(one["name"], FieldKind(one["kind"]), one.get("title", ""), one.get("title_en", ""))
        for one in kept
    )


def metadata(layout: Layout, box: tuple[float, ...], kinds: list[str]) -> dict[bytes, bytes]:
    """The file's own words: those of GeoParquet 1.1 and ours."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": kinds}
    if box:
        column["bbox"] = list(box)
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    ours = {
        "fields": written(layout.fields),
        "valid_from": layout.valid_from,
        "valid_to": layout.valid_to,
    }
    return {b"geo": orjson.dumps(geo), _OURS: orjson.dumps(ours)}


def layout_of(schema: pa.Schema) -> Layout:
    """The layout of a file that :mod:`.building` wrote."""
    ours = orjson.loads(schema.metadata[_OURS])
    return Layout(read_fields(ours["fields"]), ours["valid_from"], ours["valid_to"])
