"""CSV files with the place of every cell, and every mistake of a file at once.

RFC 4180 in UTF-8, a header first. A reader says which columns it knows and what may stand in them; the
rows come back as text with the line and column of each cell, so that whoever finds a mistake later
(a region that does not exist) names its place too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from beichen.problem import Problem, Where, code, nearest, said, shorten

__all__ = ["Column", "Row", "Table", "read_table"]

UNREADABLE = code("TAB-101", "The file is not a CSV table in UTF-8.", status=422)
NO_COLUMN = code("TAB-102", "A column is missing.", status=422)
UNKNOWN_COLUMN = code("TAB-103", "A column is not known here.", status=422)
CELLS = code("TAB-104", "A row has more or fewer cells than the header.", status=422)
EMPTY = code("TAB-105", "A cell that must be filled is empty.", status=422)
VALUE = code("TAB-106", "A cell's value does not fit its column.", status=422)
TWICE = code("TAB-107", "Two rows have the same key.", status=422)

MAX_BYTES = 50_000_000
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\Z)')
_DIGITS = re.compile(r"-?\d+(\.\d+)?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """What may stand in a column. A column that is not ``required`` may be empty, or absent as a whole.

    ``choices`` are the possible words; ``form`` is a regular expression for the whole cell and
    ``example`` a cell that fits it; ``number`` asks for a decimal number from ``least`` to ``most``.
    """

    name: str
    required: bool = True
    choices: tuple[str, ...] = ()
    form: str = ""
    example: str = ""
    number: bool = False
    least: Decimal = Decimal("-Infinity")
    most: Decimal = Decimal("Infinity")

    def fault(self, cell: str) -> tuple[str, str] | None:
        """What is wrong with a filled cell, and a hint; None when it fits."""
        if self.choices and cell not in self.choices:
            return f"{self.name} is {cell!r}", nearest(cell, self.choices)
        if self.form and not re.fullmatch(self.form, cell):
            return f"{self.name} is {cell!r}", f"such as {self.example}" if self.example else ""
        if self.number and not self._is_number(cell):
            bounds = f" from {self.least} to {self.most}" if self.least.is_finite() else ""
            return f"{self.name} is {cell!r}", f"a number{bounds}"
        return None

    def _is_number(self, cell: str) -> bool:
        try:
            return bool(_DIGITS.match(cell)) and self.least <= Decimal(cell) <= self.most
        except InvalidOperation:
            return False


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells by column, and where they stand."""

    cells: Mapping[str, str]
    places: Mapping[str, Where]
    start: Where

    def __getitem__(self, column: str) -> str:
        """The cell of ``column``, stripped; "" when the file has no such column."""
        return self.cells.get(column, "")

    def where(self, column: str = "") -> Where:
        """Where the cell of ``column`` starts, or the row."""
        return self.places.get(column, self.start)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that could be read, and everything that is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    line: int
    column: int


def read_table(content: bytes, *, file: str, columns: Sequence[Column], key: Sequence[str] = ()) -> Table:
    """Read ``content``, which is shown to people as ``file``.

    ``key`` names the columns that together stand once. A row with a mistake is not among the rows; a
    file without a usable header has no rows.
    """
    try:
        records = list(_records(_text(content)))
    except _UnreadableError as error:
        where = Where(file=file, line=error.line, column=error.column)
        return Table((), (Problem(UNREADABLE, error.message, where, error.hint),))
    header, body = records[0], records[1:]
    problems = list(_header_faults(header, columns, file))
    if problems:
        return Table((), tuple(problems))
    known = {column.name: column for column in columns}
    rows: list[Row] = []
    for record in body:
        faults, row = _row(header, record, known, file)
        problems += faults
        if not faults:
            rows.append(row)
    problems += _repeated(rows, key)
    return Table(tuple(rows), tuple(problems))


class _UnreadableError(ValueError):
    def __init__(self, message: str, line: int = 1, column: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.hint = message, line, column, hint


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _UnreadableError(
            said("{number:,} bytes, at most {max_bytes:,}", number=len(content), max_bytes=MAX_BYTES)
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(said("expected UTF-8"), line, hint=said("save the file as UTF-8")) from None
    if not text.strip():
        raise _UnreadableError(said("the file is empty"), hint=said("a header and rows"))
    return text


def _records(text: str) -> Iterator[list[_Cell]]:
    """Each line of the table as cells; blank lines are passed over."""
    at, line, line_start = 0, 1, 0
    record: list[_Cell] = []
    while at < len(text) or record:
        found = _CELL.match(text, at)
        if found is None:
            hint = said('quote a cell with commas or quotes, and double its quotes: "a ""b"""')
            raise _UnreadableError(said("a quotation mark does not match"), line, at - line_start + 1, hint)
        quoted, plain, end = found.groups()
        cell = plain if quoted is None else quoted.replace('""', '"')
        record.append(_Cell(cell.strip(), line, at - line_start + 1))
        at = found.end()
        if "\n" in found[0]:
            line += found[0].count("\n")
            line_start = found.start() + found[0].rindex("\n") + 1
        if end != ",":
            if len(record) > 1 or record[0].text:
                yield record
            record = []


def _header_faults(header: list[_Cell], columns: Sequence[Column], file: str) -> Iterator[Problem]:
    names = [cell.text for cell in header]
    known = {column.name for column in columns}
    for position, cell in enumerate(header):
        where = Where(file=file, line=cell.line, column=cell.column)
        if cell.text not in known:
            yield Problem(
                UNKNOWN_COLUMN,
                shorten(said("column {text!r}", text=cell.text)),
                where,
                nearest(cell.text, known),
            )
        elif cell.text in names[:position]:
            yield Problem(UNKNOWN_COLUMN, said("column {text!r} stands twice", text=cell.text), where)
    for column in columns:
        if column.required and column.name not in names:
            yield Problem(
                NO_COLUMN,
                said("column {name!r} is missing", name=column.name),
                Where(file=file, line=1, column=1),
            )


def _row(
    header: list[_Cell], record: list[_Cell], known: Mapping[str, Column], file: str
) -> tuple[list[Problem], Row]:
    start = Where(file=file, line=record[0].line, column=record[0].column)
    if len(record) != len(header):
        message = said("{number} cells, the header has {number2}", number=len(record), number2=len(header))
        return [Problem(CELLS, message, start)], Row({}, {}, start)
    faults: list[Problem] = []
    cells: dict[str, str] = {}
    places: dict[str, Where] = {}
    for name, cell in zip(header, record, strict=True):
        column = known[name.text]
        where = places[column.name] = Where(file=file, line=cell.line, column=cell.column)
        cells[column.name] = cell.text
        if not cell.text:
            if column.required:
                faults.append(Problem(EMPTY, said("{name} is empty", name=column.name), where))
        elif fault := column.fault(cell.text):
            message, hint = fault
            faults.append(Problem(VALUE, shorten(message), where, hint))
    return faults, Row(cells, places, start)


def _repeated(rows: Sequence[Row], key: Sequence[str]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Row] = {}
    for row in rows if key else ():
        value = tuple(row[name] for name in key)
        before = first.setdefault(value, row)
        if before is not row:
            message = shorten(
                said("{names} stands on line {line} already", names=" ".join(value), line=before.start.line)
            )
            yield Problem(TWICE, message, row.where(key[0]))
