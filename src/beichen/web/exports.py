"""A table's rows as a file: CSV that spreadsheets read as UTF-8, or an Excel sheet.

CSV is streamed; a sheet is written row by row into a compressed file. A text that a spreadsheet
would run as a formula is made harmless.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMATS = {"csv": "CSV", "xlsx": "Excel"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CHUNK = 500


class _Echo:
    """A file that hands back what is written, for a streamed answer."""

    def write(self, value: str) -> str:
        return value


def plain(value: Any) -> Any:
    """A value that both formats hold: numbers stay numbers, texts cannot be formulas."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))  # which no sheet holds
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(columns: Sequence[Any], rows: Iterable[Any]) -> Iterator[list[Any]]:
    yield [str(column.title) for column in columns]
    source = rows.iterator(chunk_size=_CHUNK) if isinstance(rows, QuerySet) else rows
    for row in source:
        yield [plain(column.value(row)) for column in columns]


def _csv(columns: Sequence[Any], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # spreadsheets take a file without it for the system's own encoding
    for row in _rows(columns, rows):
        yield writer.writerow(row)


def export(key: str, columns: Sequence[Any], rows: Iterable[Any], wanted: str) -> HttpResponseBase:
    """The whole selection as a download in the format ``wanted``, one of :data:`FORMATS`."""
    if wanted == "csv":
        response = StreamingHttpResponse(_csv(columns, rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{key}.csv"'
        return response
    book = Workbook(write_only=True)
    sheet = book.create_sheet(key[:31])
    sheet.freeze_panes = "A2"
    for row in _rows(columns, rows):
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{key}.xlsx")
