"""CSV files with the line and column of every cell: the tables of a package."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package
from beichen.problem import Problem, ProblemError, Where, nearest, shorten

MAX_BYTES = 64 * 1_048_576


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by column name, stripped of surrounding space."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def where(self, column: str | None = None) -> Where:
        """Where the cell stands: the line of the file, and the column's number and name."""
        if column is None:
            return Where(self.file, self.line)
        number = list(self.cells).index(column) + 1 if column in self.cells else None
        return Where(self.file, self.line, number, field=column)

    def problem(self, code: str, message: str, column: str | None = None, hint: str = "") -> Problem:
        """A problem at this row, or at one of its cells."""
        return Problem(code, shorten(message), self.where(column), hint)


def _header(names: list[str], required: Sequence[str], optional: Sequence[str], file: str) -> list[Problem]:
    known = [*required, *optional]
    problems = [
        Problem(
            codes.BAD_TABLE, shorten(f"unknown column {name!r}"), Where(file, 1, number), nearest(name, known)
        )
        for number, name in enumerate(names, 1)
        if name not in known
    ]
    problems += [
        Problem(codes.BAD_TABLE, f"the column {name!r} is missing", Where(file, 1))
        for name in required
        if name not in names
    ]
    if len(set(names)) != len(names):
        problems.append(Problem(codes.BAD_TABLE, "a column stands twice", Where(file, 1)))
    return problems


def _text(package: Package, name: str) -> str:
    content = package.path(name).read_bytes()
    where = package.where(name, 1)
    if len(content) > MAX_BYTES:
        raise ProblemError(Problem(codes.TOO_LARGE, f"a table has at most {MAX_BYTES} bytes", where))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{content[error.start]:02x} is not UTF-8"
        raise ProblemError(Problem(codes.NOT_UTF8, message, package.where(name, line))) from None


def read_csv(
    package: Package, name: str, required: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[Row], list[Problem]]:
    """The rows of a CSV file with a header (RFC 4180, UTF-8), and what is wrong with its shape.

    ``line`` is where a row starts in the file. Rows with too few or too many cells are
    problems and are left out.
    """
    try:
        text = _text(package, name)
    except ProblemError as error:
        return [], list(error.problems)
    file = package.where(name).file or name
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = list(_lines(reader))
    except csv.Error as error:
        where = package.where(name, reader.line_num)
        return [], [Problem(codes.BAD_TABLE, shorten(f"cannot be read: {error}"), where)]
    if not lines:
        return [], [Problem(codes.EMPTY, "the table is empty", package.where(name, 1))]
    names = [cell.strip() for cell in lines[0][1]]
    if problems := _header(names, required, optional, file):
        return [], problems
    rows: list[Row] = []
    for line, cells in lines[1:]:
        if len(cells) != len(names):
            message = f"{len(cells)} cells, expected {len(names)}"
            problems.append(Problem(codes.BAD_TABLE, message, Where(file, line), "quote a cell with commas"))
        else:
            rows.append(Row(file, line, dict(zip(names, (cell.strip() for cell in cells), strict=True))))
    return rows, problems


def _lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts in; empty lines are passed over."""
    before = 0
    for cells in reader:
        if cells:
            yield before + 1, cells
        before = getattr(reader, "line_num", before + 1)
