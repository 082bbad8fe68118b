"""The assignment list as offices use it: an Excel sheet that goes out, is filled in, and comes back.

One row a duty. `编号` finds the duty, `责任事项` proves that the row was not shifted; lead, supporting bodies
and deadline are what is filled in. A cell left empty changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from beichen.plan.duties.models import Duty
from beichen.plan.duties.words import Nature
from beichen.plan.models import Plan

NUMBER, NATURE, PART, TITLE = "编号", "类别", "篇", "责任事项"
LEAD, SUPPORTING, DEADLINE, SUGGESTION = "牵头单位", "配合单位", "完成时限", "建议单位"
HEADER = (NUMBER, NATURE, PART, TITLE, LEAD, SUPPORTING, DEADLINE, SUGGESTION)
REQUIRED = (NUMBER, TITLE, LEAD, DEADLINE)
NATURES = {
    Nature.INDICATOR: "约束性指标",
    Nature.PROJECT: "重大工程项目",
    Nature.MEASURE: "政策和改革举措",
    Nature.TASK: "任务",
}
_WIDTHS = (30, 16, 6, 56, 32, 40, 14, 32)


def _write(sheet: Worksheet, row: int, values: Iterable[Any]) -> None:
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row=row, column=column, value=value)
        if isinstance(value, str):
            cell.data_type = "s"  # a text that begins with "=" is no formula
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        if column in (4, 5, 6):
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def assignment_sheet(plan: Plan, duties: Iterable[Duty]) -> bytes:
    """The workbook with a row for each of ``duties``, with their bodies loaded."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    sheet.title = "责任清单"
    _write(sheet, 1, HEADER)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="ECE8DC")
    for number, duty in enumerate(duties, 2):
        values = (
            f"{duty.kind}/{duty.key}",
            NATURES[Nature(duty.nature)],
            duty.part,
            duty.title,
            duty.lead.name if duty.lead else "",
            "、".join(body.name for body in duty.supporting.all()),
            duty.deadline,
            duty.suggestion.name if duty.suggestion and not duty.lead else "",
        )
        _write(sheet, number, values)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "E2"
    sheet.auto_filter.ref = sheet.dimensions
    book.properties.title = f"{plan.title} 责任清单"
    file = BytesIO()
    book.save(file)
    return file.getvalue()
