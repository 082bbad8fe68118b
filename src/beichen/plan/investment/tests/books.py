"""Workbooks as offices send them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

HEADER = (
    "序号", "项目名称", "建设单位", "建设性质", "建设内容及规模", "总投资\n（万元）", "资金来源(万元)",
    "建设起止年限",
    "本年计划投资(万元)", "累计完成投资(亿元)", "形象进度", "责任单位",
)  # fmt: skip
PARK = (
    1, "星河公园工程", "城投公司", "新建", "建设绿道20公里", "12,000", "市财政5000、企业自筹",
    "2021-2025", 3000, 0.45, "主体完工", "市园林局",
)  # fmt: skip
BRIDGE = (2, "北桥工程", "城投公司", "改建", "", "8,000.5", "", "2023", "1,500", "-", "", "交通局")


def book(
    rows: Iterable[Sequence[Any]],
    *,
    header: Sequence[Any] = HEADER,
    titles: Sequence[str] = ("2024年星河市重点项目清单", "填报单位：发改委"),
    merge: Iterable[str] = (),
) -> bytes:
    """A workbook with title rows merged over the width, a header, and rows."""
    made = Workbook()
    sheet = made.worksheets[0]
    for number, title in enumerate(titles, 1):
        sheet.cell(number, 1, title)
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(header))
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    for cells in merge:
        sheet.merge_cells(cells)
    file = BytesIO()
    made.save(file)
    return file.getvalue()
