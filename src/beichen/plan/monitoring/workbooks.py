"""The first sheet of an xlsx workbook as text, with what a person must mend in it told apart from a blank.

A formula that no spreadsheet has computed, a cell that is part of a merged one and a date are not empty
and no numbers: they come as marked texts, which no column accepts, so that each is refused in its place.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import InvalidFileException

from beichen.plan.monitoring.codes import UNREADABLE
from beichen.problem import Problem, ProblemError, said

FORMULA, MERGED, DATE = "=", "\u2003merged with ", "\u2003date "
"""What marked texts begin with: a formula without a value, a part of a merged cell, a date."""
_COMPOUND = b"\xd0\xcf\x11\xe0"
_LARGEST_PART = 200_000_000
_MERGE = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_MOST_CELLS = 200_000  # of merged ranges; beyond it only their first cells count


def read_workbook(content: bytes, most_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet by number, at most ``most_rows``. Raises ProblemError PLN-501."""
    if content.startswith(_COMPOUND):
        hint = said("remove the password, or save it as .xlsx or .csv")
        raise ProblemError(
            Problem(UNREADABLE, said("the workbook has a password or is of the old .xls kind"), hint=hint)
        )
    try:
        rows, formulas, merged = _read(content, most_rows)
    except (
        InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, IndexError, TypeError,
        AttributeError, EOFError, OSError, ParseError, SyntaxError, NotImplementedError,
    ) as error:  # fmt: skip
        raise ProblemError(
            Problem(UNREADABLE, said("the file is no xlsx workbook"), hint=said("save it as .xlsx or .csv"))
        ) from error
    for number, row in enumerate(rows, 1):
        yield number, [_marked(value, number, at, formulas, merged) for at, value in enumerate(row, 1)]


def _read(
    content: bytes, most_rows: int
) -> tuple[list[tuple[Any, ...]], dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_PART:
            raise ProblemError(Problem(UNREADABLE, said("the workbook unpacks to more than 200 MB")))
        sheet: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True, max_row=most_rows))
        source = archive.read(sheet._worksheet_path)
    formulas = _formulas(content, rows, most_rows) if b"<f" in source else {}
    return rows, formulas, _merged(source)


def _formulas(content: bytes, rows: list[tuple[Any, ...]], most_rows: int) -> dict[tuple[int, int], str]:
    """The formulas, by row and column, for which the file has no value."""
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    found: dict[tuple[int, int], str] = {}
    for number, written in enumerate(sheet.iter_rows(values_only=True, max_row=most_rows), 1):
        for at, value in enumerate(written, 1):
            computed = rows[number - 1][at - 1] if at <= len(rows[number - 1]) else None
            if value is not None and computed is None:
                found[number, at] = value if isinstance(value, str) else FORMULA
    return found


def _merged(source: bytes) -> dict[tuple[int, int], str]:
    """The cells that merging has emptied, each with the cell that holds its value."""
    found: dict[tuple[int, int], str] = {}
    for match in _MERGE.finditer(source):
        first, _, last = match.group(1).decode().partition(":")
        (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if len(found) < _MOST_CELLS and (row, column) != (top, left):
                    found[row, column] = first
    return found


def _marked(
    value: Any,
    row: int,
    column: int,
    formulas: dict[tuple[int, int], str],
    merged: dict[tuple[int, int], str],
) -> str:
    if value is None and (row, column) in formulas:
        return formulas[row, column]
    if value is None and (row, column) in merged:
        return MERGED + merged[row, column]
    if isinstance(value, datetime.date | datetime.time):
        return f"{DATE}{value:%Y-%m-%d}" if isinstance(value, datetime.date) else f"{DATE}{value}"
    return _text(value)


def _text(value: Any) -> str:
    """A cell as text; whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float):
        number = Decimal(repr(value))
        return f"{number.to_integral_value() if number == number.to_integral_value() else number:f}"
    return str(value).strip()
