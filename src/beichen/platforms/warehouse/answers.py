"""Answers in the forms that programs read: JSON, CSV, an Arrow stream."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from beichen.platforms.warehouse.asking import Answer

FORMS = ("json", "csv", "arrow")
CSV_TYPE = "text/csv; charset=utf-8"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
_CHUNK = 10_000


def document(answer: Answer) -> dict[str, Any]:
    """The answer as one JSON document: columns with their types, rows as arrays."""
    return {
        "columns": [{"name": field.name, "type": str(field.type)} for field in answer.rows.schema],
        "rows": [list(map(plain, row)) for row in values(answer.rows)],
        "whole": answer.is_whole,
        "masked": list(answer.masked),
        "versions": dict(answer.versions),
        "lineage": dict(answer.lineage),
        "seconds": round(answer.seconds, 3),
    }


def values(rows: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of an Arrow table as tuples; columns may have the same name."""
    for start in range(0, rows.num_rows, _CHUNK):
        part = rows.slice(start, _CHUNK)
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def lines(rows: Any) -> Iterator[str]:
    """CSV (RFC 4180) in UTF-8, a header first; for programs, so that texts stay as they are."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(rows.schema.names)
    for row in values(rows):
        writer.writerow([_cell(value) for value in row])
        if target.tell() > 1 << 16:
            yield _taken(target)
    yield _taken(target)


def _cell(value: Any) -> Any:
    shown = plain(value)
    return str(shown).lower() if isinstance(shown, bool) else shown


def _taken(target: io.StringIO) -> str:
    text = target.getvalue()
    target.seek(0)
    target.truncate()
    return text


def stream(rows: Any) -> bytes:
    """An Arrow IPC stream."""
    import pyarrow as pa

    target = pa.BufferOutputStream()
    with pa.ipc.new_stream(target, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(target.getvalue().to_pybytes())
