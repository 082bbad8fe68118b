"""Reading a project list: a workbook → its rows, or everything that is wrong with it by row and column."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from beichen.plan.investment.codes import BAD_CELL, NO_HEADER, NOT_SHEET, SHIFTED, TWICE
from beichen.plan.investment.sheets.cells import READERS, is_blank, money, read_cell
from beichen.plan.investment.sheets.header import MONEY, Header, HeaderColumn, find_header, plain
from beichen.plan.investment.sheets.rows import ListRow
from beichen.plan.investment.sheets.sums import Line, sum_faults
from beichen.problem import Problem, ProblemError, Where, said, shorten

LARGEST = 20 << 20  # bytes of the file
LARGEST_UNPACKED = 300 << 20
MOST_ROWS = 10_000
_SUM = re.compile(r"(合计|总计|小计|共计)[::]?\Z")
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]+[、.．]|\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+\Z)"
)


@dataclass(frozen=True, slots=True)
class ProjectSheet:
    """What a workbook says: its rows, and what is told about it without being an error."""

    rows: tuple[ListRow, ...]
    notes: tuple[Problem, ...]


def read_sheet(content: bytes, *, year: int | None = None) -> ProjectSheet:
    """The project list in a workbook's first sheet that has one; ``year`` is meant by 本年.

    Raises ProblemError with every mistake: PLN-621 to 627, 629, 631.
    """
    book, formulas = _books(content)
    refused: ProblemError | None = None
    for sheet, written in zip(book.worksheets, formulas.worksheets, strict=True):
        try:
            header = find_header(sheet, year)
        except ProblemError as error:
            if refused is None or refused.problems[0].code == NO_HEADER:
                refused = error
            continue
        return _read(sheet, written, header)
    raise refused or ProblemError(Problem(NO_HEADER, said("the workbook has no sheet"), Where(row=1)))


def _books(content: bytes) -> tuple[Any, Any]:
    """The workbook with the stored values, and with the formulas behind them. Raises PLN-629."""
    if len(content) > LARGEST:
        raise ProblemError(
            Problem(NOT_SHEET, said("the file is larger than {largest} MB", largest=LARGEST >> 20))
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise ProblemError(Problem(NOT_SHEET, said("the file unpacks to more than a workbook holds")))
            sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
            has_formulas = any(b"<f" in packed.read(name) for name in sheets)
        book = load_workbook(BytesIO(content), data_only=True)
        return book, load_workbook(BytesIO(content)) if has_formulas else book
    except (
        zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, OSError,
        SyntaxError,
    ):  # fmt: skip
        message = shorten(said("this is no readable xlsx workbook"))
        raise ProblemError(Problem(NOT_SHEET, message, hint=said("save it as .xlsx"))) from None


def _read(sheet: Worksheet, formulas: Worksheet, header: Header) -> ProjectSheet:
    rows: list[ListRow] = []
    lines: list[Line] = []
    problems: list[Problem] = []
    if (sheet.max_row or 0) > MOST_ROWS:
        raise ProblemError(
            Problem(NOT_SHEET, said("the sheet has more than {most_rows} rows", most_rows=MOST_ROWS))
        )
    for number in range(header.first_row, (sheet.max_row or 0) + 1):
        values = {column.index: sheet.cell(number, column.index).value for column in header.columns}
        if all(is_blank(value) for value in values.values()):
            continue
        if _is_numbering(header.columns, values):
            continue
        problems += _without_value(formulas, number, header.columns, values)
        is_sum, is_heading = _nature(header.columns, values)
        if is_sum or is_heading:
            faults, line = _sum_line(number, header.columns, values, is_sum=is_sum)
            problems += faults
            lines.append(line)
            continue
        faults, row = _read_row(number, header.columns, values)
        problems += faults
        rows.append(row)
        lines.append(Line(number, _amounts(header.columns, row)))
    if not problems:
        problems += sum_faults(lines)
    problems += _twice(rows)
    if problems:
        raise ProblemError(*problems)
    return ProjectSheet(tuple(rows), header.notes)


def _is_numbering(columns: Sequence[HeaderColumn], values: Mapping[int, Any]) -> bool:
    """Whether the row only numbers the columns (1 2 3 …, 甲 乙 1 2), as printed forms do."""
    found = [plain(values[column.index]) for column in columns if not is_blank(values[column.index])]
    counted = [int(text) for text in found if text.isdecimal() and len(text) < 3]
    return len(counted) > 3 and counted == sorted(set(counted)) and len(counted) >= len(found) - 2


def _without_value(
    formulas: Worksheet, number: int, columns: Sequence[HeaderColumn], values: Mapping[int, Any]
) -> Iterator[Problem]:
    for column in columns:
        if values[column.index] is None and formulas.cell(number, column.index).data_type == "f":
            hint = said("open the file in a spreadsheet program and save it")
            where = Where(row=number, field=column.label)
            yield Problem(BAD_CELL, said("the formula has no stored value"), where, hint)


def _nature(columns: Sequence[HeaderColumn], values: Mapping[int, Any]) -> tuple[bool, bool]:
    """Whether a row is a sum, and whether it is the heading of a group."""
    stated = [plain(values[column.index]) for column in columns if column.kind in ("serial", "name", "key")]
    has_money = any(not is_blank(values[column.index]) for column in columns if column.kind in MONEY)
    others = [
        column
        for column in columns
        if column.kind not in ("serial", "name", "note", *MONEY) and not is_blank(values[column.index])
    ]
    if any(_SUM.search(text) for text in stated):
        return True, False
    if any(_HEADING.match(text) for text in stated) and not others:
        return has_money, not has_money
    return False, False


def _sum_line(
    number: int, columns: Sequence[HeaderColumn], values: Mapping[int, Any], *, is_sum: bool
) -> tuple[list[Problem], Line]:
    problems: list[Problem] = []
    amounts: dict[str, Decimal] = {}
    slack: dict[str, Decimal] = {}
    for column in columns:
        value = values[column.index]
        if column.kind not in MONEY or is_blank(value):
            continue
        try:
            amounts[column.label] = money(value, column.unit)
            slack[column.label] = _half_of_last_decimal(value, column.unit)
        except ValueError as error:
            where = Where(row=number, field=column.label)
            problems.append(
                Problem(
                    BAD_CELL,
                    shorten(said("{found}: {expected}", found=str(value)[:20], expected=error.args[0])),
                    where,
                )
            )
    return problems, Line(number, amounts, is_sum=is_sum, is_heading=not is_sum, slack=slack)


def _half_of_last_decimal(value: Any, unit: str) -> Decimal:
    """How far a printed sum may lie from the exact one because it is rounded, in 万元."""
    printed = format(value, ".15g") if isinstance(value, float) else plain(value).replace(",", "")
    decimals = len(printed.partition(".")[2].rstrip("元万亿千")) if "." in printed else 0
    if not decimals:
        return Decimal(0) if unit != "亿元" else Decimal("0.00005")
    return money(1, unit) * Decimal(10) ** -decimals / 2


def _read_row(
    number: int, columns: Sequence[HeaderColumn], values: Mapping[int, Any]
) -> tuple[list[Problem], ListRow]:
    faults = list(_faults(number, columns, values, 0))
    if len(faults) > 1:
        for step, way in ((1, "right"), (-1, "left")):
            if len(list(_faults(number, columns, values, step))) < len(faults) - 1:
                message = said("the cells stand {step} column too far to the {way}", step=abs(step), way=way)
                first = faults[0].where
                return [Problem(SHIFTED, message, first, said("move them under their headings"))], ListRow(
                    row=number
                )
    row = ListRow(row=number)
    if not faults:
        for column in columns:
            value = values[column.index]
            if not is_blank(value):
                _put(
                    row, column, read_cell(column.kind, column.unit, value) if column.kind in READ else value
                )
    return faults, row


READ = frozenset((*READERS, "funds", *MONEY))


def _faults(
    number: int, columns: Sequence[HeaderColumn], values: Mapping[int, Any], step: int
) -> Iterator[Problem]:
    """What does not fit when each column takes the cell ``step`` columns beside it."""
    for column in columns:
        value = values.get(column.index + step) if step else values[column.index]
        if column.kind == "serial" and not is_blank(value) and not plain(value).rstrip(".").isdecimal():
            yield _fault(number, column, value, said("a running number is expected"))
        if column.kind not in READ:
            continue
        if is_blank(value):
            if column.kind == "name":
                yield _fault(number, column, "", said("a project's name is expected"))
            continue
        try:
            read_cell(column.kind, column.unit, value)
        except ValueError as error:
            yield _fault(number, column, value, error.args[0])


def _fault(number: int, column: HeaderColumn, value: Any, expected: str) -> Problem:
    shown = str(value)[:16]
    message = said("{found}: {expected}", found=shown, expected=expected) if shown else expected
    return Problem(BAD_CELL, shorten(message), Where(row=number, field=column.label))


def _put(row: ListRow, column: HeaderColumn, value: Any) -> None:
    row.columns[column.kind] = column.label
    if column.kind == "fund":
        row.funds[column.detail] = value
    elif column.kind == "funds":
        row.funds.update(value)
    elif column.kind == "span":
        row.starts, row.ends = value
    elif column.kind == "planned":
        row.planned[int(column.detail)] = value
    elif column.kind == "done":
        row.done[int(column.detail)] = value
    elif column.kind == "note":
        row.is_demo = "演示数据" in str(value)
    elif column.kind != "serial":
        setattr(row, column.kind, value)
        if column.kind == "done_total" and column.detail and not row.done_until:
            row.done_until = column.detail


def _amounts(columns: Sequence[HeaderColumn], row: ListRow) -> dict[str, Decimal]:
    found: dict[str, Decimal | None] = {}
    for column in columns:
        if column.kind in ("total", "done_total"):
            found[column.label] = getattr(row, column.kind)
        elif column.kind == "fund":
            found[column.label] = row.funds.get(column.detail)
        elif column.kind in ("planned", "done"):
            found[column.label] = getattr(row, column.kind).get(int(column.detail))
    return {label: amount for label, amount in found.items() if amount is not None}


def _twice(rows: Sequence[ListRow]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        stated = (row.key or plain(row.name), "" if row.key else plain(row.box_title))
        if not stated[0]:
            continue
        if stated in seen:
            message = shorten(said("stands in row {seen} already: {name}", seen=seen[stated], name=row.name))
            yield Problem(TWICE, message, Where(row=row.row, field=row.columns.get("name", "")))
        seen.setdefault(stated, row.row)
