"""Reading an assignment list that comes back: every mistake with its cell, and nothing half applied.

Columns are found by their header, wherever they stand; a title above the header is passed over. A row whose
title is not that of its number was shifted, and says so.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext_noop as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from beichen.kernel.org.models import Body
from beichen.plan.duties import codes
from beichen.plan.duties.assignment import Assignment, deadline_years
from beichen.plan.duties.models import Duty
from beichen.plan.duties.sheets import DEADLINE, HEADER, LEAD, NUMBER, REQUIRED, SUPPORTING, TITLE
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

MOST_BYTES = 20 << 20
MOST_UNPACKED = 200 << 20
MOST_ROWS = 20_000
HEADER_WITHIN = 10  # rows: a title and a note may stand above the header
HINTED = 20  # looking for the nearest of many names is slow: the first mistakes get it
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\Z")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?\Z")
_APART = re.compile(r"[、,，;；\n]+")
Cells = Sequence[Any]


def _cell(column: int, row: int, name: str) -> Where:
    return Where(row=row, field=f"{get_column_letter(column + 1)}{row} {name}".strip())


def _rows(stream: BinaryIO, name: str) -> list[Cells]:
    """The first sheet's rows. Raises ProblemError PLN-306."""
    try:
        with zipfile.ZipFile(stream) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise ValueError("the workbook is too large")
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows: list[Cells] = []
        for values in sheet.iter_rows(values_only=True):
            rows.append(values)
            if len(rows) > MOST_ROWS:
                raise ValueError(f"more than {MOST_ROWS} rows")
    except (zipfile.BadZipFile, InvalidFileException, LookupError, ValueError, TypeError, OSError) as error:
        message = said("the file is no .xlsx workbook, is damaged, or is too large")
        raise ProblemError(
            Problem(codes.SHEET, message, Where(field="file"), shorten(f"{name}: {error}"))
        ) from None
    return rows


def _header(rows: Sequence[Cells]) -> tuple[int, dict[str, int]]:
    """The row of the header and each column's place. Raises ProblemError PLN-307 with all that is wrong."""
    texts = [[str(value or "").strip() for value in row] for row in rows[:HEADER_WITHIN]]
    at = max(range(len(texts)), key=lambda index: len(set(texts[index]) & set(HEADER)), default=-1)
    if at < 0 or not set(texts[at]) & set(HEADER):
        message = said("no header of the assignment list was found")
        raise ProblemError(Problem(codes.HEADER, message, Where(row=1), "、".join(HEADER)))
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for column, text in enumerate(texts[at]):
        where = _cell(column, at + 1, text)
        if text and text not in HEADER:
            message, hint = said("this column is not one of the list's"), nearest(text, HEADER)
            problems.append(Problem(codes.HEADER, message, where, hint))
        elif text in places:
            problems.append(Problem(codes.HEADER, said("this column stands twice"), where, text))
        elif text:
            places[text] = column
    problems += [
        Problem(codes.HEADER, said("a column is missing"), Where(row=at + 1), name)
        for name in REQUIRED
        if name not in places
    ]
    if problems:
        raise ProblemError(*problems)
    return at, places


def parse_day(value: Any) -> date | None:
    """The day of a cell: a date, ``2025-12-31``, ``2025年12月31日``, or a month, which means its last day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        if found := _DAY.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MONTH.match(text):
            year, month = int(found[1]), int(found[2])
            following = date(year + month // 12, month % 12 + 1, 1) if month <= 12 else None
            return date.fromordinal(following.toordinal() - 1) if following and month else None
    except ValueError:
        return None
    return None


class _Reader:
    """Turns rows into assignments and gathers what is wrong with them."""

    def __init__(self, plan: Plan, places: Mapping[str, int]) -> None:
        self.plan, self.places = plan, places
        rows = Duty.objects.select_related("lead").filter(plan=plan, vanished_at=None)
        self.duties = {f"{duty.kind}/{duty.key}": duty for duty in rows}
        for duty in self.duties.values():
            duty.plan = plan
        self.bodies: dict[str, Body] = {}
        for body in Body.objects.filter(is_current=True):
            self.bodies[body.name] = self.bodies[body.key] = body
        self.names = [body.name for key, body in self.bodies.items() if key == body.name]
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}

    def _text(self, cells: Cells, name: str) -> str:
        column = self.places.get(name, -1)
        value = cells[column] if 0 <= column < len(cells) else None
        return "" if value is None else str(value).strip()

    def _wrong(self, code: str, row: int, name: str, message: str, hint: str = "") -> None:
        where = _cell(self.places[name], row, name)
        self.problems.append(Problem(code, message, where, hint))

    def _body(self, text: str, row: int, name: str) -> Body | None:
        body = self.bodies.get(text)
        if body is None:
            hint = nearest(text, self.names) if len(self.problems) < HINTED else ""
            hint = said("{text}; {hint}", text=text[:40], hint=hint) if "did you mean" in hint else text[:40]
            self._wrong(codes.CELL, row, name, _("the city has no such body"), hint)
        return body

    def _deadline(self, cells: Cells, row: int) -> date | None:
        column = self.places[DEADLINE]
        value = cells[column] if column < len(cells) else None
        if value is None or not str(value).strip():
            return None
        day = parse_day(value)
        if day is None:
            hint = str(value)[:30]
            self._wrong(codes.CELL, row, DEADLINE, _("this is no day, such as 2025-12-31"), hint)
        elif years := deadline_years(self.plan, day):
            self._wrong(codes.CELL, row, DEADLINE, _("the day lies outside the plan's years"), years)
        return day

    def _duty(self, cells: Cells, row: int) -> Duty | None:
        number, title = self._text(cells, NUMBER), self._text(cells, TITLE)
        duty = self.duties.get(number)
        if duty is None:
            message = said("the plan has no duty of this number") if number else said("the number is empty")
            self._wrong(codes.ROW, row, NUMBER, message, number[:40])
            return None
        if (before := self.seen.setdefault(number, row)) != row:
            self._wrong(codes.ROW, row, NUMBER, _("the number stands in an earlier row"), str(before))
            return None
        if "".join(title.split()) != "".join(duty.title.split()):
            message = said("the title is not that of the number; cells were shifted")
            self._wrong(codes.ROW, row, TITLE, message, duty.title[:40])
        return duty

    def read(self, cells: Cells, row: int) -> Assignment | None:
        """What the row asks for; None when it asks for nothing or is wrong."""
        duty = self._duty(cells, row)
        lead_text = self._text(cells, LEAD)
        lead = self._body(lead_text, row, LEAD) if lead_text else None
        names = [name.strip() for name in _APART.split(self._text(cells, SUPPORTING)) if name.strip()]
        found = [self._body(name, row, SUPPORTING) for name in names]
        deadline = self._deadline(cells, row)
        if duty is None or not (lead or names or deadline):
            return None
        supporting = [body for body in dict.fromkeys(found) if body is not None] if names else None
        return Assignment(duty, lead, supporting, deadline)


def _filled(rows: Sequence[Cells], after: int) -> Iterator[tuple[int, Cells]]:
    for number, cells in enumerate(rows[after + 1 :], after + 2):
        if any(value is not None and str(value).strip() for value in cells):
            yield number, cells


def read_assignments(plan: Plan, stream: BinaryIO, name: str) -> list[Assignment]:
    """What a sheet asks for. Raises ProblemError PLN-306 to PLN-309 with every mistake and its cell."""
    rows = _rows(stream, name)
    at, places = _header(rows)
    reader = _Reader(plan, places)
    wanted = [reader.read(cells, number) for number, cells in _filled(rows, at)]
    if reader.problems:
        raise ProblemError(*reader.problems)
    return [item for item in wanted if item is not None]
