"""The columns of a file of values, in Chinese or English, and its cells with their places.

An xlsx sheet (the first) or CSV in UTF-8. The first line that is not empty is the head; columns may stand
in any order. A place is the row as the spreadsheet counts it, and the column's letter with its heading.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from beichen.plan.monitoring.codes import HEADER, UNREADABLE
from beichen.plan.monitoring.workbooks import read_workbook
from beichen.problem import Problem, ProblemError, Where, said, shorten

REQUIRED = ("indicator", "period", "value", "unit", "source")
NAMES = {
    "indicator": ("指标", "指标名称", "indicator"),
    "region": ("地区", "行政区划", "region"),
    "period": ("时期", "年份", "年度", "period", "year"),
    "value": ("数值", "指标值", "value"),
    "unit": ("单位", "计量单位", "unit"),
    "source": ("来源", "数据来源", "source", "source_title"),
    "url": ("链接", "来源链接", "source_url"),
    "quote": ("原文", "quote"),
    "status": ("性质", "status"),
    "note": ("备注", "note"),
}
_COLUMN = {name.casefold(): column for column, names in NAMES.items() for name in names}
_FIGURES = frozenset(("period", "value", "unit"))
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
MOST_ROWS, MOST_BYTES = 20_000, 10_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """A row's cells by column, as text; ``places`` says where each stands."""

    number: int
    texts: dict[str, str]
    places: dict[str, Where]

    def __getitem__(self, column: str) -> str:
        """The cell's text, empty where the file has no such column."""
        return self.texts.get(column, "")

    def where(self, column: str) -> Where:
        """The place of a cell, or of the row."""
        return self.places.get(column, Where(row=self.number))


def read_cells(content: bytes, name: str) -> list[Cells]:
    """The rows of a file below its head. Raises ProblemError PLN-501, PLN-502, every mistake of the head."""
    if len(content) > MOST_BYTES:
        raise ProblemError(
            Problem(
                UNREADABLE,
                said("{number:,} bytes, at most {most_bytes:,}", number=len(content), most_bytes=MOST_BYTES),
            )
        )
    lines = list(_lines(content, name))
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if len(filled) < 2:
        raise ProblemError(
            Problem(UNREADABLE, said("the table has no rows"), hint=said("a head and at least one row"))
        )
    if len(filled) > MOST_ROWS:
        raise ProblemError(
            Problem(
                UNREADABLE,
                said("{number:,} rows, at most {most_rows:,}", number=len(filled), most_rows=MOST_ROWS),
            )
        )
    (first, head), body = filled[0], filled[1:]
    columns = _head(head, first)
    return [_cells(number, cells, columns, head) for number, cells in body]


def _lines(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows by what the file is, whatever its name says."""
    if name.lower().endswith((".xlsx", ".xlsm", ".xls")) or content.startswith(
        (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    ):
        return read_workbook(content, MOST_ROWS + 2)
    return _csv(content)


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = said("save the file as CSV in UTF-8, or as .xlsx")
        raise ProblemError(Problem(UNREADABLE, said("the file is not UTF-8"), hint=hint)) from error
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            yield number, [cell.strip() for cell in row]
    except csv.Error as error:
        raise ProblemError(
            Problem(UNREADABLE, shorten(said("the file is no CSV: {error}", error=error)))
        ) from error


def half_width(text: str) -> str:
    """Full-width digits and signs as they are typed otherwise: １，２３４％ is 1,234%."""
    return text.translate(_HALF)


def _head(head: Iterable[str], row: int) -> list[str]:
    """The column of each heading, empty for one without words."""
    problems: list[Problem] = []
    columns: list[str] = []
    for index, heading in enumerate(head):
        where = Where(row=row, field=get_column_letter(index + 1))
        column = _COLUMN.get(heading.casefold(), "")
        if heading and not column:
            message = shorten(said("the column {heading!r} is not known", heading=heading))
            hint = said("one of: {names}", names=", ".join(names[0] for names in NAMES.values()))
            problems.append(Problem(HEADER, message, where, hint))
        elif column and column in columns:
            problems.append(
                Problem(HEADER, shorten(said("the column {heading!r} stands twice", heading=heading)), where)
            )
        columns.append(column)
    problems += [
        Problem(
            HEADER,
            said("the column {names} ({column}) is missing", names=NAMES[column][0], column=column),
            Where(row=row),
        )
        for column in REQUIRED
        if column not in columns
    ]
    if problems:
        raise ProblemError(*problems)
    return columns


def _cells(number: int, cells: list[str], columns: list[str], head: list[str]) -> Cells:
    texts: dict[str, str] = {}
    places: dict[str, Where] = {}
    for index, column in enumerate(columns):
        if column:
            text = cells[index] if index < len(cells) else ""
            texts[column] = half_width(text) if column in _FIGURES else text
            places[column] = Where(row=number, field=f"{get_column_letter(index + 1)} {head[index]}")
    return Cells(number, texts, places)
