"""The assignment list goes out, is filled in, and comes back: whole, or with every mistake in its cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from beichen.plan.duties import codes
from beichen.plan.duties.models import Duty
from beichen.plan.duties.service import assign_duties, assignment_sheet, duties_of, read_assignments
from beichen.plan.duties.sheet_reading import parse_day
from beichen.plan.duties.tests.conftest import BY
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError

Edit = Callable[[Worksheet], Any]


def edited(plan: Plan, edit: Edit) -> BytesIO:
    """The plan's own list after somebody worked on it."""
    book = load_workbook(BytesIO(assignment_sheet(plan, duties_of(plan))))
    sheet = book.worksheets[0]
    edit(sheet)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def mistakes(plan: Plan, edit: Edit) -> list[tuple[str, str]]:
    with pytest.raises(ProblemError) as refused:
        read_assignments(plan, edited(plan, edit), "list.xlsx")
    return [(problem.code, str(problem.where)) for problem in refused.value.problems]


def test_a_list_comes_back_as_it_went_out(plan: Plan, park: Duty) -> None:
    wanted = read_assignments(plan, edited(plan, lambda sheet: None), "list.xlsx")
    assert assign_duties(plan, wanted, reason="x", by=BY) == []


def test_a_filled_list_is_put_in_force(planner: Client, plan: Plan, park: Duty) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "星河市责任清单"
        for row in range(3, 6):
            sheet[f"E{row}"], sheet[f"F{row}"] = "星河市交通局", "星河市园林局、北区人民政府"
        sheet["G3"], sheet["G4"], sheet["G5"] = datetime(2025, 3, 1), "2024年12月", "2025/5/9"

    file = edited(plan, fill)
    file.name = "list.xlsx"
    response = planner.post("/plan/duties/import", {"file": file, "reason": "第1号文件"}, follow=True)
    assert "已更改 3 项责任" in response.content.decode()
    found = [(duty.lead and duty.lead.key, duty.deadline) for duty in duties_of(plan)]
    assert found == [
        ("roads", date(2025, 3, 1)),
        ("roads", date(2024, 12, 31)),
        ("roads", date(2025, 5, 9)),
    ]
    assert Duty.supporting.through.objects.count() == 6


def test_every_mistake_names_its_cell_and_nothing_is_applied(planner: Client, plan: Plan, park: Duty) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["E2"] = "星河市园林居"
        sheet["G2"] = "明年"
        sheet["A3"] = "projects/none"
        sheet["F4"] = "星河市交通局、无此局"
        sheet["G4"] = "1990-01-01"

    found = mistakes(plan, spoil)
    assert found == [
        (codes.CELL, "row 2, E2 牵头单位"),
        (codes.CELL, "row 2, G2 完成时限"),
        (codes.ROW, "row 3, A3 编号"),
        (codes.CELL, "row 4, F4 配合单位"),
        (codes.CELL, "row 4, G4 完成时限"),
    ]
    file = edited(plan, spoil)
    file.name = "list.xlsx"
    response = planner.post("/plan/duties/import", {"file": file, "reason": "x"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "是否为“星河市园林局”" in text
    assert "5 处错误" in text
    park.refresh_from_db()
    assert park.lead is not None
    assert park.lead.key == "gardens"


def test_shifted_cells_are_found(plan: Plan) -> None:
    def shift(sheet: Worksheet) -> None:
        sheet.move_range("D2:D4", rows=1)

    assert [code for code, _place in mistakes(plan, shift)][:3] == [codes.ROW] * 3


def test_a_shifted_column_is_found(plan: Plan) -> None:
    def shift(sheet: Worksheet) -> None:
        for row in range(2, 5):
            sheet[f"E{row}"], sheet[f"G{row}"] = "2025-12-31", "星河市交通局"

    assert [code for code, _place in mistakes(plan, shift)] == [codes.CELL] * 6


def test_a_number_stands_once(plan: Plan) -> None:
    def repeat(sheet: Worksheet) -> None:
        sheet["A3"], sheet["D3"] = sheet["A2"].value, sheet["D2"].value

    assert mistakes(plan, repeat) == [(codes.ROW, "row 3, A3 编号")]


def test_headers_that_lack_repeat_or_differ_are_told_together(plan: Plan) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["D1"], sheet["E1"], sheet["F1"] = "编号", "牵头部门", None

    assert [code for code, _place in mistakes(plan, spoil)] == [codes.HEADER] * 4


def empty() -> BytesIO:
    file = BytesIO()
    Workbook().save(file)
    file.seek(0)
    return file


def refused(plan: Plan, file: BytesIO) -> tuple[Problem, ...]:
    with pytest.raises(ProblemError) as error:
        read_assignments(plan, file, "list.xlsx")
    return error.value.problems


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(plan: Plan, content: bytes) -> None:
    assert refused(plan, BytesIO(content))[0].code == codes.SHEET


def test_an_empty_workbook_has_no_header(plan: Plan) -> None:
    assert refused(plan, empty())[0].code == codes.HEADER


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2025-12-31", date(2025, 12, 31)),
        ("2025年2月", date(2025, 2, 28)),
        ("2024.2", date(2024, 2, 29)),
        (datetime(2025, 1, 2, 3), date(2025, 1, 2)),
        ("2025-13-01", None),
        ("2025-13", None),
        ("2025-02-30", None),
        ("四季度", None),
        (45000, None),
    ],
)
def test_days_as_offices_write_them(value: Any, day: date | None) -> None:
    assert parse_day(value) == day


def test_only_planners_take_lists_in(gardener: Client, plan: Plan) -> None:
    assert gardener.get("/plan/duties/import").status_code == 403


def test_a_title_is_never_a_formula(plan: Plan) -> None:
    Duty.objects.filter(key="p1").update(title="=1+1")
    sheet = load_workbook(BytesIO(assignment_sheet(plan, duties_of(plan)))).worksheets[0]
    cell = next(cell for cell in sheet["D"] if cell.value == "=1+1")
    assert cell.data_type == "s"
