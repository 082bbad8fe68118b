"""Workbooks as offices send them: each thing that is no plain number is told by its row and column."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from beichen.hubs.data.models import IndicatorValue
from beichen.plan.models import Plan
from beichen.plan.monitoring.intake import read_values
from beichen.plan.monitoring.tests.ground import HEAD, build_plan, sheet

pytestmark = pytest.mark.django_db
SECONDS = 15.0
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)
LOCKED_SAYS = "the workbook has a password or is of the old .xls kind"


@pytest.fixture
def plan() -> Plan:
    return build_plan()


def row(**changed: Any) -> tuple[Any, ...]:
    """A sound row, with some of its cells changed by their heading."""
    cells = {
        "指标": "绿道长度", "地区": "星河市", "时期": 2022, "数值": 56, "单位": "公里", "来源": "统计年鉴",
    } | changed  # fmt: skip
    return tuple(cells.values())


def workbook(change: Callable[[Worksheet], object], *rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    for cells in (HEAD, *rows):
        page.append(cells)
    change(page)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def said(plan: Plan, content: bytes) -> list[tuple[str, str, str]]:
    problems = read_values(plan, content, "values.xlsx").problems
    return [(problem.code, str(problem.where), problem.message) for problem in problems]


@pytest.mark.parametrize(
    ("changed", "place", "message"),
    [
        ({"数值": "=A1+2"}, "row 2, D 数值", "数值 is a formula without a value"),
        ({"数值": datetime(2022, 5, 6)}, "row 2, D 数值", "数值 is the date 2022-05-06"),
        ({"时期": datetime(2022, 12, 31)}, "row 2, C 时期", "时期 is the date 2022-12-31"),
        ({"数值": "#N/A"}, "row 2, D 数值", "'#N/A' is no number"),
        ({"数值": "1,23,4"}, "row 2, D 数值", "'1,23,4' is no number"),
        ({"数值": True}, "row 2, D 数值", "'True' is no number"),
    ],
)
def test_what_is_no_number_says_what_it_is(
    plan: Plan, changed: dict[str, Any], place: str, message: str
) -> None:
    assert said(plan, sheet(row(**changed))) == [("PLN-504", place, message)]


def test_a_date_as_a_number_is_no_year(plan: Plan) -> None:
    [(code, place, _message)] = said(plan, sheet(row(时期=44926)))
    assert (code, place) == ("PLN-504", "row 2, C 时期")


@pytest.mark.parametrize("text", ["1,234.5", "１，２３４．５", "１２３４．５"])
def test_numbers_as_text(plan: Plan, text: str) -> None:
    reading = read_values(plan, sheet(row(数值=text, 时期="２０２２")), "values.xlsx")
    assert [(entry.value, entry.period) for entry in reading.entries] == [("1234.5", "2022")]


def test_merged_cells_name_the_cell_that_holds_the_value(plan: Plan) -> None:
    content = workbook(lambda page: page.merge_cells("F2:F3"), row(), row(时期=2023))
    assert said(plan, content) == [("PLN-504", "row 3, F 来源", "来源 is merged with F2")]


def _broken_sheet() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet(row()))) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, data[: len(data) // 2] if "sheet1" in entry.filename else data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (LOCKED, "a.xlsx", LOCKED_SAYS),
        (LOCKED, "a.csv", LOCKED_SAYS),
        (_broken_sheet(), "a.xlsx", "the file is no xlsx workbook"),
        (sheet(row())[:3000], "a.xlsx", "the file is no xlsx workbook"),
        (b"\x89PNG", "a.xlsx", "the file is no xlsx workbook"),
    ],
)  # fmt: skip
def test_locked_and_broken_workbooks(plan: Plan, content: bytes, name: str, message: str) -> None:
    [problem] = read_values(plan, content, name).problems
    assert (problem.code, problem.message) == ("PLN-501", message)


def test_ten_thousand_rows_with_one_mistake_are_refused_whole(plan: Plan) -> None:
    rows = [row(地区="东区", 时期=f"{1950 + n % 70}-{1 + n % 12:02}", 数值=n) for n in range(9_999)]
    started = time.process_time()
    reading = read_values(plan, sheet(*rows, row(数值="约56")), "values.xlsx")
    assert time.process_time() - started < SECONDS
    assert ("PLN-504", "row 10001, D 数值") in [(p.code, str(p.where)) for p in reading.problems]
    assert not reading.is_sound
    assert not IndicatorValue.objects.exists()
