"""A document as a workbook: one sheet a table with typed numbers, one with every chart's figures, a summary.

Every sheet of a table begins with its heads and holds nothing but the table, so that it can be filtered,
summed and read by programs. Text is never taken for a formula.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from beichen.plan.reports.document import Cell, Document, Figure, Paragraph, Table, Tiles, blocks
from beichen.plan.reports.rendering.words import words_of

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEAD = PatternFill("solid", fgColor="DFE8EF")
_LINE = Border(bottom=Side("thin", color="DDD7C8"))
_TONES = {
    "ahead": "17634E",
    "on-course": "1F5688",
    "behind": "7D5200",
    "missed": "9C2B22",
    "unknown": "586170",
}
_WIDEST = 60
Sheet = Any  # openpyxl names a sheet by several classes, written and read


def _write(sheet: Sheet, row: int, column: int, value: Any, **style: Any) -> Any:
    """A value in a cell; a text stays a text, whatever it starts with."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = _CONTROL.sub("", value)
        if value:
            cell.data_type = TYPE_STRING
    else:
        cell.value = value
    for name, setting in style.items():
        setattr(cell, name, setting)
    return cell


def _heads(sheet: Sheet, titles: list[str]) -> None:
    for index, title in enumerate(titles, 1):
        _write(
            sheet,
            1,
            index,
            title,
            font=Font(bold=True),
            fill=_HEAD,
            alignment=Alignment(wrap_text=True, vertical="center"),
        )
    sheet.freeze_panes = "A2"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _fit(sheet: Sheet) -> None:
    """Columns as wide as what they hold, within reason."""
    for column in sheet.columns:
        longest = max((_width(str(cell.value)) for cell in column if cell.value is not None), default=0)
        letter = get_column_letter(column[0].column)
        sheet.column_dimensions[letter].width = min(_WIDEST, max(8, longest + 2))


def _cell(sheet: Sheet, row: int, column: int, cell: Cell) -> None:
    value: Any = cell.text if cell.value is None else cell.value
    style: dict[str, Any] = {"alignment": Alignment(wrap_text=True, vertical="top"), "border": _LINE}
    if cell.tone in _TONES:
        style["font"] = Font(color=_TONES[cell.tone], bold=True)
    if isinstance(value, float):
        style["number_format"] = "#,##0.######"
    _write(sheet, row, column, value, **style)


def _table(sheet: Sheet, table: Table) -> None:
    _heads(sheet, [column.title for column in table.columns])
    for number, row in enumerate(table.rows, 2):
        for index, cell in enumerate(row, 1):
            _cell(sheet, number, index, cell)
    _fit(sheet)
    if table.rows:
        sheet.auto_filter.ref = sheet.dimensions


def _name(book: Workbook, title: str) -> str:
    """A sheet's name: at most 31 letters, once in the book."""
    plain = _FORBIDDEN.sub(" ", title).strip()[:28] or "-"
    name, times = plain, 1
    taken = {known.casefold() for known in book.sheetnames}
    while name.casefold() in taken:
        times += 1
        name = f"{plain[:27]} {times}"
    return name


def _charts(sheet: Sheet, figures: list[Figure], heads: list[str]) -> None:
    """All charts' figures in one long table: chart, category, series, value, unit."""
    _heads(sheet, heads)
    row = 2
    for drawn in figures:
        for series in drawn.chart.series:
            for category, value in zip(drawn.chart.categories, series.values, strict=True):
                if value is not None:
                    for column, item in enumerate(
                        [drawn.chart.title, category, series.name, value, drawn.chart.unit], 1
                    ):
                        _write(sheet, row, column, item)
                    row += 1
    _fit(sheet)


def _summary(
    sheet: Sheet, document: Document, said: dict[str, str], sheets: list[tuple[str, str, str]]
) -> None:
    _write(sheet, 1, 1, document.title, font=Font(bold=True, size=15))
    _write(sheet, 2, 1, document.subtitle, font=Font(size=12, color="5B6472"))
    row = 4
    for line in document.about:
        _write(sheet, row, 1, line.label, font=Font(color="5B6472"))
        _write(sheet, row, 2, line.text)
        row += 1
    if document.notice:
        _write(sheet, row, 1, document.notice, font=Font(italic=True))
        row += 1
    row += 1
    for block in blocks(document):
        if isinstance(block, Tiles):
            for tile in block.items:
                _write(sheet, row, 1, tile.label)
                _write(sheet, row, 2, int(tile.value) if tile.value.isdecimal() else tile.value)
                row += 1
        elif isinstance(block, Paragraph) and block.style == "lead":
            _write(sheet, row, 1, block.text, alignment=Alignment(wrap_text=False))
            row += 1
    row += 1
    for name, title, note in sheets:
        cell = _write(sheet, row, 1, name, font=Font(color="1D4F7C", underline="single"))
        cell.hyperlink = f"#'{name}'!A1"
        _write(sheet, row, 2, title)
        _write(sheet, row, 3, note)
        row += 1
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 56
    sheet.title = said["summary"][:31]


def as_xlsx(document: Document) -> bytes:
    """The document as an Excel workbook."""
    said = words_of(document.language)
    book = Workbook()
    first = book.worksheets[0]
    listed: list[tuple[str, str, str]] = []
    figures: list[Figure] = []
    for block in blocks(document):
        if isinstance(block, Table):
            name = _name(book, block.title)
            _table(book.create_sheet(name), block)
            listed.append((name, block.title, block.note))
        elif isinstance(block, Figure):
            figures.append(block)
    if figures:
        name = _name(book, said["figures"])
        _charts(book.create_sheet(name), figures, [said["figure"], "", "", "", ""])
        listed.append((name, said["figures"], ""))
    if document.sources:
        name = _name(book, said["sources"])
        _sources(book.create_sheet(name), document, said)
        listed.append((name, said["sources"], ""))
    _summary(first, document, said, listed)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _sources(sheet: Sheet, document: Document, said: dict[str, str]) -> None:
    _heads(sheet, [said["number"], said["source"], said["note"], said["address"]])
    for row, source in enumerate(document.sources, 2):
        for column, value in enumerate([source.number, source.title, source.about, source.url], 1):
            _write(sheet, row, column, value)
    _fit(sheet)
