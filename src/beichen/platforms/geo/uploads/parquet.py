"""Reads GeoParquet 1.0 and 1.1 with shapes in WKB, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from beichen.platforms.geo.source import FieldKind
from beichen.platforms.geo.uploads import codes
from beichen.platforms.geo.uploads.found import PIECE, Piece
from beichen.platforms.geo.uploads.vector import piece_of, unreadable
from beichen.problem import Problem, ProblemError, said

LARGEST_GROUP = 1 << 30  # bytes of a group of rows, unpacked
LARGEST = 16 << 30  # bytes of the file, unpacked
TROUBLE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError)


class Parquet:
    """A GeoParquet file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with pq.ParquetFile(path) as file:
                about, schema = file.metadata, file.schema_arrow
                groups = [about.row_group(number).total_byte_size for number in range(about.num_row_groups)]
                geo = orjson.loads((schema.metadata or {}).get(b"geo", b"{}"))
        except TROUBLE as error:
            raise unreadable(error) from error
        if sum(groups) > LARGEST or max(groups, default=0) > LARGEST_GROUP:
            message = said("a group of rows unpacks to more than {size} MB", size=LARGEST_GROUP >> 20)
            raise ProblemError(Problem(codes.TOO_MUCH, message))
        column = (
            geo.get("columns", {}).get(geo.get("primary_column", ""), {}) if isinstance(geo, dict) else {}
        )
        if column.get("encoding") != "WKB":
            message = said("no column of shapes in WKB is named by the file")
            raise ProblemError(Problem(codes.UNREADABLE, message, hint="GeoParquet 1.0 or 1.1"))
        self._geometry = str(geo["primary_column"])
        self.system = orjson.dumps(column["crs"]).decode() if column.get("crs") else ""
        self.expected = about.num_rows
        self.kinds = {
            one.name: kind for one in schema if one.name != self._geometry and (kind := _kind(one.type))
        }
        self._names = [self._geometry, *self.kinds]

    def pieces(self) -> Iterator[Piece]:
        """See :class:`~beichen.platforms.geo.uploads.found.Reader`."""
        number = 0
        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(PIECE, columns=self._names):
                    piece = piece_of(batch, self._geometry, number)
                    piece.keys = [None if row.get("id") is None else str(row["id"]) for row in piece.rows]
                    yield piece
                    number += batch.num_rows
        except TROUBLE as error:
            raise unreadable(error, number) from error


def _kind(kind: Any) -> FieldKind | None:
    """The kind of a column; None for one that is left out, such as a box."""
    checks = [
        (pa.types.is_boolean, FieldKind.BOOLEAN),
        (pa.types.is_integer, FieldKind.INTEGER),
        (pa.types.is_floating, FieldKind.NUMBER),
        (pa.types.is_date, FieldKind.DATE),
        (pa.types.is_timestamp, FieldKind.TIME),
        (pa.types.is_string, FieldKind.TEXT),
        (pa.types.is_large_string, FieldKind.TEXT),
    ]
    return next((found for is_so, found in checks if is_so(kind)), None)
