"""Writing a project list as offices keep it: a title, the unit, a header of two rows, a sum; xlsx."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from beichen.plan.investment.declared import NATURE_WORDS, SOURCE_WORDS, Nature, Source
from beichen.plan.investment.sheets.rows import ListRow
from beichen.plan.investment.stages import WORDS, Stage

LAND = {"allotted": "已落实", "needed": "未落实", "none": "无需用地"}
_THIN = Side(style="thin", color="999999")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E8E4D9")


@lru_cache(maxsize=8)
def _font(bold: bool, size: int) -> Font:
    return Font(bold=bold, size=size)


@lru_cache(maxsize=4)
def _alignment(horizontal: str) -> Alignment:
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=True)


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    value: Callable[[ListRow], Any]
    width: int = 12
    group: str = ""
    is_summed: bool = False


def _fund(source: str) -> Callable[[ListRow], Any]:
    def value(row: ListRow) -> Any:
        if source not in row.funds:
            return None
        amount = row.funds[source]
        return "未定" if amount is None else amount

    return value


def _year(name: str, year: int) -> Callable[[ListRow], Any]:
    return lambda row: getattr(row, name).get(year)


def _columns(rows: Sequence[ListRow]) -> list[_Column]:
    years = sorted({year for row in rows for year in (*row.planned, *row.done)})
    return [
        _Column("项目编码", lambda row: row.key, 20),
        _Column("项目名称", lambda row: row.name, 34),
        _Column("所属专栏", lambda row: row.box_title, 22),
        _Column("建设单位", lambda row: row.builder, 20),
        _Column("建设性质", lambda row: NATURE_WORDS[Nature(row.nature)] if row.nature else None, 9),
        _Column("建设内容及规模", lambda row: row.content, 40),
        _Column("所在区县", lambda row: row.region, 14),
        _Column("建设地点", lambda row: row.address, 18),
        _Column("经度", lambda row: row.longitude, 11),
        _Column("纬度", lambda row: row.latitude, 11),
        _Column("总投资(万元)", lambda row: row.total, 14, is_summed=True),
        *(
            _Column(SOURCE_WORDS[source], _fund(source), 12, "资金来源(万元)", is_summed=True)
            for source in Source
        ),
        _Column("建设起止年限", _span, 16),
        *(
            _Column(f"{year}年{word}(万元)", _year(name, year), 14, is_summed=True)
            for year in years
            for name, word in (("planned", "计划投资"), ("done", "完成投资"))
        ),
        _Column("累计完成投资(万元)", lambda row: row.done_total, 14, is_summed=True),
        _Column("累计完成截至", lambda row: row.done_until, 12),
        _Column("项目阶段", lambda row: WORDS[Stage(row.stage)] if row.stage else None, 9),
        _Column("阶段日期", lambda row: row.stage_on, 12),
        _Column("形象进度", lambda row: row.progress, 26),
        _Column("用地情况", lambda row: LAND.get(row.land_state), 10),
        _Column("用地面积(公顷)", lambda row: row.land_area, 12),
        _Column("责任单位", lambda row: row.lead, 22),
        _Column("备注", lambda row: "演示数据" if row.is_demo else None, 10),
    ]


def _span(row: ListRow) -> str | None:
    if row.starts and row.ends:
        return f"{row.starts}至{row.ends}"
    return None


def write_sheet(title: str, rows: Iterable[ListRow]) -> bytes:
    """The list as an xlsx workbook; :func:`read_sheet` reads the same rows from it."""
    listed = list(rows)
    columns = _columns(listed)
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = "项目清单"
    width = len(columns) + 1
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    _put(sheet, 1, 1, title, bold=True, size=16)
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=width)
    _put(sheet, 2, 1, "单位：万元", align="right")
    _write_header(sheet, columns)
    for number, row in enumerate(listed, 1):
        at = number + 4
        _put(sheet, at, 1, number, border=True)
        for index, column in enumerate(columns, 2):
            _put(sheet, at, index, column.value(row), border=True)
    _write_sums(sheet, columns, listed, len(listed) + 5)
    for index, column in enumerate(columns, 2):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.freeze_panes = "D5"
    sheet.print_title_rows = "3:4"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write_header(sheet: Worksheet, columns: Sequence[_Column]) -> None:
    sheet.merge_cells(start_row=3, start_column=1, end_row=4, end_column=1)
    _put(sheet, 3, 1, "序号", bold=True, border=True)
    first: dict[str, int] = {}
    for index, column in enumerate(columns, 2):
        if not column.group:
            sheet.merge_cells(start_row=3, start_column=index, end_row=4, end_column=index)
            _put(sheet, 3, index, column.title, bold=True, border=True)
            continue
        first.setdefault(column.group, index)
        _put(sheet, 4, index, column.title, bold=True, border=True)
    for group, start in first.items():
        size = sum(column.group == group for column in columns)
        sheet.merge_cells(start_row=3, start_column=start, end_row=3, end_column=start + size - 1)
        _put(sheet, 3, start, group, bold=True, border=True)


def _write_sums(sheet: Worksheet, columns: Sequence[_Column], rows: Sequence[ListRow], at: int) -> None:
    _put(sheet, at, 3, "合计", bold=True, border=True)
    for index, column in enumerate(columns, 2):
        if column.is_summed:
            amounts = [value for row in rows if isinstance(value := column.value(row), Decimal)]
            _put(sheet, at, index, sum(amounts, Decimal(0)) if amounts else None, bold=True, border=True)


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Any,
    *,
    bold: bool = False,
    size: int = 10,
    align: str = "",
    border: bool = False,
) -> None:
    cell = sheet.cell(row, column)
    if value not in (None, ""):
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # a text is never a formula
    cell.font = _font(bold, size)
    is_number = isinstance(value, Decimal | int)
    cell.alignment = _alignment(align or ("right" if is_number else "center" if bold else "left"))
    if border:
        cell.border = _BORDER
    if bold and border:
        cell.fill = _HEAD
    if isinstance(value, Decimal):
        cell.number_format = "#,##0.####"
