"""A file of rows that people keep: the first sheet of a workbook, or CSV in UTF-8 or GB 18030, as texts.

Bounded before it is read: a workbook is a zip file that may say little and unpack to much.
"""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from beichen.problem import said

__all__ = ["SheetError", "read_rows"]

MOST_UNPACKED = 64 << 20


class SheetError(ValueError):
    """The file is none; ``message`` says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def read_rows(
    content: bytes, name: str, *, most_rows: int, most_columns: int, most_bytes: int
) -> list[list[str]]:
    """Every row as texts, stripped; a few more than ``most_rows`` at most. Raises SheetError."""
    if len(content) > most_bytes:
        raise SheetError(said("larger than {limit} MB", limit=most_bytes >> 20))
    if name.lower().endswith(".xlsx"):
        return _workbook(content, most_rows, most_columns)
    return _csv(content)


def _workbook(content: bytes, most_rows: int, most_columns: int) -> list[list[str]]:
    import openpyxl

    _check_unpacked(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        values = list(sheet.iter_rows(max_row=most_rows + 2, max_col=most_columns, values_only=True))
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever the broken part of the file made it raise
        raise SheetError(said("no workbook: {error}", error=type(error).__name__)) from None
    return [[_text(value) for value in row] for row in values]


def _check_unpacked(content: bytes) -> None:
    """A workbook is a zip file: refused before it is unpacked when it says that it would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise SheetError(said("no workbook: {error}", error="BadZipFile")) from None
    if unpacked > MOST_UNPACKED:
        raise SheetError(said("larger than {limit} MB", limit=MOST_UNPACKED >> 20), said("split the file"))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a telephone number that a sheet took for a quantity
    return str(value).strip()


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError(said("no text in UTF-8 or GB 18030"))
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    except csv.Error:
        raise SheetError(said("no CSV file")) from None
