"""The header of a project list: where it stands, which column says what, and in which unit.

It is found by the names of its columns anywhere in the first rows, below whatever titles; it may have two
or three rows with merged cells (资金来源 above its sources).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from beichen.hubs.data.service import convert
from beichen.plan.investment.codes import BAD_UNIT, COLUMN_TWICE, IGNORED, NO_HEADER, NO_UNIT
from beichen.plan.investment.declared import Source
from beichen.problem import Level, Problem, ProblemError, Where, said, shorten

LAST_HEADER_ROW = 20
LEAST = 3
MOST_COLUMNS = 80
MONEY_UNITS = ("元", "万元", "亿元")

THIS_YEAR = ("本年", "年度", "年", "今年", "当年", "本年度")
NAMES: dict[str, tuple[str, ...]] = {
    "serial": ("序号", "编号", "No"),
    "key": ("项目编码", "项目代码"),
    "name": ("项目名称", "工程名称", "建设项目", "建设项目名称", "项目"),
    "box_title": ("所属专栏", "专栏"),
    "builder": ("建设单位", "项目单位", "项目法人", "项目法人单位", "业主单位", "实施单位", "建设主体"),
    "nature": ("建设性质", "性质"),
    "content": (
        "建设内容及规模", "建设规模及内容", "主要建设内容及规模", "建设规模及主要内容",
        "建设规模及主要建设内容", "主要建设内容", "建设内容", "建设规模", "项目内容",
    ),
    "region": ("所在区县", "所在县区", "所属区县", "县区", "区县", "所在地区"),
    "address": ("建设地点", "建设地址", "项目地点"),
    "longitude": ("经度",),
    "latitude": ("纬度",),
    "total": ("总投资", "投资总额", "项目总投资", "计划总投资", "总投资额", "估算总投资"),
    "funds": ("资金来源", "资金筹措", "资金构成"),
    "span": ("建设起止年限", "建设年限", "起止年限", "建设起止时间", "建设工期", "建设周期", "起止时间"),
    "starts": ("开工时间", "计划开工时间", "开工年份"),
    "ends": ("竣工时间", "计划竣工时间", "完工时间", "计划完工时间", "竣工年份"),
    "planned": tuple(f"{year}计划投资" for year in THIS_YEAR),
    "done": tuple(f"{year}完成投资" for year in THIS_YEAR),
    "done_total": ("累计完成投资", "开工以来累计完成投资", "累计完成", "已完成投资", "自开工累计完成投资"),
    "done_until": ("累计完成截至", "累计截至"),
    "stage": ("项目阶段", "阶段", "进展阶段", "项目进展阶段", "建设阶段"),
    "stage_on": ("阶段日期", "阶段时间"),
    "progress": ("形象进度", "工程进度", "进展情况", "建设进展", "目前进展", "项目进展情况"),
    "land_state": ("用地情况", "用地状态"),
    "land_area": ("用地面积", "占地面积"),
    "lead": ("责任单位", "牵头单位", "责任部门", "主管部门", "行业主管部门"),
    "note": ("备注", "说明"),
}  # fmt: skip
SOURCES: dict[str, tuple[str, ...]] = {
    Source.CENTRAL: ("中央预算内", "中央预算内投资", "中央资金", "中央", "中央投资", "中央财政"),
    Source.PROVINCIAL: ("省级资金", "省级", "省财政", "省资金", "省级财政", "省预算内"),
    Source.CITY: ("市级资金", "市级", "市财政", "市本级", "市资金", "市级财政", "市预算内"),
    Source.BONDS: ("专项债券", "专项债", "地方政府专项债券", "政府专项债券", "专项债券资金"),
    Source.LOANS: ("银行贷款", "贷款", "国内贷款", "金融机构贷款"),
    Source.ENTERPRISE: ("企业自筹", "自筹", "自筹资金", "企业资金", "自有资金", "社会资本", "企业投资"),
    Source.OTHER: ("其他资金", "其他", "其它", "其它资金", "其他来源"),
}
MONEY = ("total", "planned", "done", "done_total", "fund")
_BY_NAME = {name: key for key, names in NAMES.items() for name in names}
_BY_SOURCE = {name: Source(key).value for key, names in SOURCES.items() for name in names}
_UNIT = re.compile(r"\(([^()]*)\)")
_BARE_UNIT = re.compile(r"[:,]?((?:千|万|亿|万亿)?元)\Z")
_STATED_UNIT = re.compile(r"单位[::]?\s*[^\s]*?((?:千|万亿|万|亿)?元)")
_YEAR = re.compile(r"((?:19|20|21)\d\d)年?(?:度)?(计划投资|投资计划|完成投资|计划完成投资|投资完成)\Z")
_UNTIL = re.compile(r"截[至止]((?:19|20|21)\d\d)年?(?:底|末|年底)?(累计完成投资|累计完成|完成投资)\Z")
_TITLE_YEAR = re.compile(r"((?:19|20|21)\d\d)年")


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """A column that is read: ``kind`` is of :data:`NAMES` or ``fund``; ``detail`` its source or year."""

    index: int
    kind: str
    title: str
    detail: str = ""
    unit: str = ""

    @property
    def label(self) -> str:
        """How problems name the column: its letter and title."""
        return f"{get_column_letter(self.index)} {self.title}"


@dataclass(frozen=True, slots=True)
class Header:
    """The columns, the first row below them, and what is to be told about columns that are not read."""

    columns: tuple[HeaderColumn, ...]
    first_row: int
    notes: tuple[Problem, ...]


def plain(value: Any) -> str:
    """A cell as one line of text without blanks, its full-width signs made plain."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))) if value is not None else ""


class _Cells:
    """Cells of the first rows, with the value of a merged range in each of its cells."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._first: dict[tuple[int, int], tuple[int, int]] = {}
        for merged in sheet.merged_cells.ranges:
            if merged.min_row <= LAST_HEADER_ROW + 3 and merged.max_col <= MOST_COLUMNS * 4:
                for row in range(merged.min_row, min(merged.max_row, LAST_HEADER_ROW + 3) + 1):
                    for column in range(merged.min_col, merged.max_col + 1):
                        self._first[row, column] = (merged.min_row, merged.min_col)

    def text(self, row: int, column: int) -> str:
        return plain(self._sheet.cell(*self._first.get((row, column), (row, column))).value)

    def is_below(self, row: int, column: int) -> bool:
        """Whether the cell belongs to a merged range that begins in a row above."""
        return self._first.get((row, column), (row, column))[0] < row


def _kind(texts: Sequence[str], year: int | None) -> tuple[str, str] | None:
    """What the texts of a column, from top to leaf, say; None when they say nothing known."""
    bare = [_BARE_UNIT.sub("", _UNIT.sub("", text)).strip(":,。") for text in texts]
    leaf = bare[-1]
    for name in (leaf, "".join(bare)):
        dated = _YEAR.search(name)
        if dated is not None:
            return ("planned" if "计划" in dated[2] else "done"), dated[1]
        until = _UNTIL.search(name)
        if until is not None:
            return "done_total", until[1]
    if len(bare) > 1 and leaf in _BY_SOURCE:
        return "fund", _BY_SOURCE[leaf]
    kind = _BY_NAME.get(leaf)
    if kind is None and leaf in _BY_SOURCE:
        return "fund", _BY_SOURCE[leaf]
    if kind in ("planned", "done"):
        return kind, str(year or "")
    return (kind, "") if kind else None


def _titled_year(cells: _Cells, last: int, width: int) -> int | None:
    """The year that a title above the header names."""
    for row in range(1, last):
        for column in range(1, width + 1):
            found = _TITLE_YEAR.search(cells.text(row, column))
            if found is not None:
                return int(found[1])
    return None


def _stated_unit(cells: _Cells, last: int, width: int) -> str:
    """The unit that is said once for the whole sheet, above the header (单位：万元)."""
    for row in range(1, last):
        for column in range(1, width + 1):
            found = _STATED_UNIT.search(cells.text(row, column))
            if found is not None:
                return found[1]
    return ""


def _unit(texts: Sequence[str], stated: str) -> str:
    """The unit nearest to the column: its own, that of the cell above, that of the sheet."""
    for text in reversed(texts):
        inside = _UNIT.findall(text)
        if inside:
            return str(inside[-1])
        bare = _BARE_UNIT.search(text)
        if bare is not None and len(text) > len(bare[0]):
            return bare[1]
    return stated


def _depth(cells: _Cells, row: int, columns: Sequence[int]) -> int:
    """How many rows the header has: as long as cells of it reach down, at most three."""
    depth = 1
    while depth < 3 and any(
        cells.is_below(row + depth, column) and cells.text(row + depth, column) for column in columns
    ):
        depth += 1
    return depth


def find_header(sheet: Worksheet, year: int | None) -> Header:
    """The header of a sheet; ``year`` is meant by 本年 when no title says another.

    Raises ProblemError: PLN-621 without a header; with all mistakes in it: PLN-622 and PLN-623 for
    units, PLN-631 for a column that stands twice.
    """
    width = min(sheet.max_column or 0, MOST_COLUMNS)
    cells = _Cells(sheet)
    best, row = max(
        ((_recognised(cells, row, width), -row) for row in range(1, LAST_HEADER_ROW + 1)), default=(0, 0)
    )
    if best < LEAST:
        hint = said("a row with 项目名称, 总投资(万元), 责任单位 … is expected in the first 20 rows")
        raise ProblemError(
            Problem(NO_HEADER, said("no header of a project list was found"), Where(row=1), hint)
        )
    return _read_header(cells, -row, width, year)


def _recognised(cells: _Cells, row: int, width: int) -> int:
    """How many known columns a row names; 0 without the name of the project."""
    found = [_kind([cells.text(row, column)], 1) for column in range(1, width + 1)]
    kinds = [one[0] for one in found if one is not None]
    return len(kinds) if "name" in kinds else 0


def _read_header(cells: _Cells, row: int, width: int, year: int | None) -> Header:
    depth = _depth(cells, row, range(1, width + 1))
    stated, titled = _stated_unit(cells, row, width), _titled_year(cells, row, width)
    columns: list[HeaderColumn] = []
    problems: list[Problem] = []
    for index in range(1, width + 1):
        texts = list(dict.fromkeys(filter(None, (cells.text(row + step, index) for step in range(depth)))))
        if not texts:
            continue
        title, found = "/".join(texts), _kind(texts, titled or year)
        where = Where(row=row, field=f"{get_column_letter(index)} {title[:20]}")
        if found is None:
            problems.append(
                Problem(IGNORED, shorten(said("not read: {title}", title=title)), where, level=Level.WARNING)
            )
            continue
        kind, detail = found
        unit = _unit(texts, stated) if kind in (*MONEY, "funds") else ""
        problems += _unit_faults(kind, detail, unit, where)
        columns.append(HeaderColumn(index, kind, title, detail, unit))
    problems += _doubled(columns, row)
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if errors:
        raise ProblemError(*errors)
    return Header(tuple(columns), row + depth, tuple(problems))


def _unit_faults(kind: str, detail: str, unit: str, where: Where) -> Iterator[Problem]:
    if kind not in MONEY:
        return
    if kind in ("planned", "done") and not detail:
        yield Problem(
            NO_HEADER, said("which year is meant by 本年?"), where, said("name it in a title: 2024年…")
        )
    if not unit:
        hint = said("write it in the header, such as 总投资(万元), or above: 单位：万元")
        yield Problem(NO_UNIT, said("the column of money says no unit"), where, hint)
    elif not _is_money(unit):
        hint = said("one of: {names}", names=", ".join(MONEY_UNITS))
        yield Problem(BAD_UNIT, shorten(said("{unit} is no unit of money", unit=unit)), where, hint)


def _is_money(unit: str) -> bool:
    """Whether the data hub knows the unit as one of money."""
    try:
        convert(Decimal(1), unit, "万元")
    except ProblemError:
        return False
    return True


def _doubled(columns: Sequence[HeaderColumn], row: int) -> Iterator[Problem]:
    times = Counter((column.kind, column.detail) for column in columns)
    for column in columns:
        if times[column.kind, column.detail] > 1 and column.kind not in ("note", "serial"):
            yield Problem(
                COLUMN_TWICE,
                shorten(said("stands twice: {title}", title=column.title)),
                Where(row=row, field=column.label),
            )
