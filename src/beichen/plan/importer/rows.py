"""Rows of the indicator table: words put back into cells, whatever way the table was broken up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from beichen.plan.importer import codes
from beichen.plan.importer.codes import Findings
from beichen.plan.importer.folding import is_chinese
from beichen.plan.importer.lines import Line
from beichen.plan.importer.numerals import CHINESE
from beichen.plan.importer.tables import ATTRIBUTE, Columns, is_header_word, role
from beichen.plan.importer.units import MAGNITUDE, UNIT

_WORD = re.compile(r"[^\s|]+")
_SPLIT_NUMBER = re.compile(r"（?(\d{1,2})）?[.、]?([\u4e00-\u9fff].*)\Z")
_BEFORE = "达到|大于|小于|不低于|不高于|不少于|不超过|高于|低于|超过|突破|控制在|保持在|稳定在|约|近|[>≥<≤~±]"
_AFTER = "左右|以上|以下|以内|之内|上下"
_VALUE = re.compile(
    rf"(?:{_BEFORE})*〔?(?:[>≥<≤])?[-+]?\d[\d,]*(?:\.\d+)?(?:[-~—至]\d+(?:\.\d+)?)?%?{MAGNITUDE}?(?:{UNIT})?"
    rf"(?:{_AFTER})?〕?(?:{_AFTER})?[*①-⑳]*(?:{_AFTER})?\Z"
)
_DASH = re.compile(r"[-—/]{1,4}\Z|无\Z")
_COUNT = re.compile(r"（ ?(\d{1,2}) ?[个项]?(?:指标)?）\Z")
_UNIT_WORD = re.compile(rf"（?{MAGNITUDE}?(?:{UNIT})(?:/{MAGNITUDE}?(?:{UNIT})?[^\d]{{0,4}})?）?\Z")
_UNIT_TAIL = re.compile(
    rf"（([^（）]{{0,3}}{MAGNITUDE}?(?:{UNIT})[^（）]{{0,8}}|[^（）\d]{{0,6}}%[^（）]{{0,6}})）\Z"
)
_GROUP_MARK = re.compile(rf"(?:（?[{CHINESE}]{{1,2}}）?[、.]|（[{CHINESE}]{{1,2}}）)(.+)\Z")
_GROUP = re.compile(
    r"(?:经济|创新|民生|绿色|安全|生态|社会|开放|协调|共享|数字|文化|改革|资源|环境|科技|城乡|质量|结构|动力|活力|治理"
    r"|幸福|富裕|基础|产业|人民|城市|区域|乡村|对外|空间|综合|人口|农业|农村|品质|低碳|美丽|智慧|服务|健康|和谐|动能|转型)"
    r"(?:经济|发展|驱动|福祉|保障|生态|转型|环境|文明|开放|协调|共享|实力|活力|动能|引领|提升|治理|安全|建设|升级|融合"
    r"|振兴|水平|效益|创新|民生|富裕|生活|结构|动力|质量|支撑|宜居|低碳|改革|和谐|品质|节约|统筹|能力|强市|事业|服务|进步)"
    r"(?:[与和及、].{2,6}|类|方面)?\Z"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A printed word of the table and where it stands."""

    text: str
    start: int
    end: int
    line: int
    alone: bool


@dataclass(slots=True)
class Row:
    """A row in cells; ``values`` are the value cells in printed order, or by column when known."""

    number: int | None = None
    group: str = ""
    group_count: int | None = None
    name: str = ""
    unit: str = ""
    values: list[str] = field(default_factory=list)
    by_column: dict[str, str] = field(default_factory=dict)
    attribute: str = ""
    start: int = 0
    end: int = 0


def words(lines: Sequence[Line]) -> list[Word]:
    """The words of some lines; a line of a single word is marked, as page numbers stand alone."""
    found: list[Word] = []
    for i, line in enumerate(lines):
        matches = list(_WORD.finditer(line.text))
        found += [
            Word(m.group(), line.start + m.start(), line.start + m.end(), i, len(matches) == 1)
            for m in matches
        ]
    return found


def _is_value(text: str) -> bool:
    return _VALUE.match(text) is not None or _DASH.match(text) is not None


def header_words(found: Sequence[Word]) -> int:
    """How many of the first words are the header."""
    for i, word in enumerate(found):
        if not is_header_word(word.text):
            return i
    return len(found)


def segments(found: Sequence[Word]) -> list[list[Word]]:
    """The words of each row: up to its attribute, or up to the next number when the attribute is lost."""
    rows: list[list[Word]] = [[]]
    expected = 1
    for i, word in enumerate(found):
        current = rows[-1]
        has_values = any(_is_value(w.text) for w in current[1:]) and any(len(w.text) > 3 for w in current)
        follows = i + 1 < len(found) and is_chinese(found[i + 1].text[0])
        if word.text == str(expected) and (not current or has_values) and follows:
            if current:
                rows.append([])
            expected += 1
        elif word.text == str(expected) and follows:
            expected += 1
        rows[-1].append(word)
        if ATTRIBUTE.match(word.text):
            rows.append([])
    return [row for row in rows if row]


def _joins(a: Word, b: Word) -> bool:
    """Whether a space between two words is only the typesetter's: between an ideograph and Latin signs."""
    if a.line != b.line or _is_value(b.text) or _is_value(a.text) or _UNIT_WORD.match(b.text):
        return False
    return is_chinese(a.text[-1]) != is_chinese(b.text[0]) and a.text[-1] not in "）%" and b.text[0] != "（"


def _merge(row: Sequence[Word]) -> list[Word]:
    merged: list[Word] = []
    for word in row:
        if merged and _joins(merged[-1], word):
            last = merged[-1]
            merged[-1] = Word(last.text + word.text, last.start, word.end, last.line, False)
        else:
            merged.append(word)
    return merged


def _take_number(row: list[Word], expected: int) -> tuple[int | None, list[Word]]:
    for i, word in enumerate(row[:8]):
        if any(_UNIT_TAIL.search(w.text) for w in row[:i]):
            break
        if word.text.isdigit() and expected <= int(word.text) <= expected + 2 and i + 1 < len(row):
            return int(word.text), row[:i] + row[i + 1 :]
        glued = _SPLIT_NUMBER.match(word.text)
        if glued and int(glued.group(1)) == expected:
            rest = Word(glued.group(2), word.start + glued.start(2), word.end, word.line, word.alone)
            return expected, [*row[:i], rest, *row[i + 1 :]]
    return None, row


def _take_group(row: list[Word]) -> tuple[str, int | None, list[Word]]:
    for i, word in enumerate(row[:6]):
        if (count := _COUNT.search(word.text)) and i + 1 < len(row):
            text = "".join(w.text for w in row[: i + 1])
            return _COUNT.sub("", text), int(count.group(1)), row[i + 1 :]
    for size in (3, 2, 1):
        text = "".join(w.text for w in row[:size])
        short = all(2 <= len(w.text) <= 10 or len(text) == 4 for w in row[:size])
        if len(row) > size and short and _GROUP.match(text) and not _is_value(row[size].text):
            return text, None, row[size:]
    if len(row) > 1 and (mark := _GROUP_MARK.match(row[0].text)) and not _is_value(row[1].text):
        return mark.group(1), None, row[1:]
    return "", None, row


def _unit_of(name: str) -> tuple[str, str]:
    match = _UNIT_TAIL.search(name)
    return (name[: match.start()], match.group(1)) if match else (name, "")


def _split_name(row: Sequence[Word], unit_column: bool) -> tuple[str, str, list[Word]]:
    texts = [word.text for word in row]
    ends = [i for i in range(len(row)) if _UNIT_TAIL.search("".join(texts[: i + 1]))]
    if ends:
        name, unit = _unit_of("".join(texts[: ends[-1] + 1]))
        return name, unit, list(row[ends[-1] + 1 :])
    for i in range(1, len(row)):
        if (unit_column or i + 1 < len(row)) and _UNIT_WORD.match(texts[i]) and not texts[i][0].isdigit():
            return "".join(texts[:i]), texts[i].strip("（）"), list(row[i + 1 :])
    for i in range(1, len(row)):
        if _is_value(texts[i]):
            return "".join(texts[:i]), "", list(row[i:])
    return "".join(texts), "", []


def _cells(row: Sequence[Word]) -> list[str]:
    cells: list[str] = []
    open_text = False
    for word in row:
        value = _is_value(word.text)
        attached = re.fullmatch(_AFTER, word.text) is not None
        prefixed = bool(cells) and re.fullmatch(f"(?:{_BEFORE})+", cells[-1]) is not None
        if cells and (attached or (prefixed and value) or (open_text and not value)):
            cells[-1] += word.text
        else:
            cells.append(word.text)
        open_text = not value and not attached
    return cells


def _without_page_numbers(row: list[Word], columns: Columns, findings: Findings) -> list[Word]:
    strays = [w for w in row if w.alone and w.text.isdigit()]
    values = [w for w in row if _is_value(w.text)]
    if len(strays) == 1 and len(values) > len(columns.values) > 0 and len({w.line for w in values}) == 2:
        findings.add(codes.ROW_UNREADABLE, (strays[0].start, strays[0].end), "a lone number within a row")
        return [w for w in row if w is not strays[0]]
    return row


def read_row(segment: Sequence[Word], expected: int, columns: Columns, findings: Findings) -> Row:
    """One row from its words; ``expected`` is the number that comes next."""
    row = Row(start=segment[0].start, end=segment[-1].end)
    rest = list(segment)
    if any(
        is_header_word(w.text) and len(w.text) > 1 and w.text in "序号 指标 属性 类别 指标名称" for w in rest
    ):
        rest = [w for w in rest if not is_header_word(w.text)] or rest
    if match := ATTRIBUTE.match(rest[-1].text):
        row.attribute = match.group(1)
        rest = rest[:-1]
    rest = _merge(rest)
    row.number, rest = _take_number(rest, expected)
    row.group, row.group_count, rest = _take_group(rest)
    if row.number is None:
        row.number, rest = _take_number(rest, expected)
    rest = _without_page_numbers(rest, columns, findings)
    while len(rest) > 1 and rest[0].text.isdigit() and rest[0].alone:
        findings.add(codes.ROW_UNREADABLE, (rest[0].start, rest[0].end), "a number belongs to no row")
        rest = rest[1:]
    row.name, row.unit, values = _split_name(rest, columns.unit)
    row.values = _cells(values)
    return row


def rows_of_cells(folded: str, lines: Sequence[Line], columns: Columns) -> list[Row] | None:
    """The rows of a table whose cells are divided by tabs or bars; None when it is not such a table."""
    tables = [(line, _raw_cells(folded, line)) for line in lines]
    wide = [len(cells) for _, cells in tables if len(cells) >= 4]
    if len(wide) < 4 or len(wide) < 0.5 * len(tables):
        return None
    first = next((i for i, (_, cells) in enumerate(tables) if any(ATTRIBUTE.match(c) for c in cells)), 0)
    size = max(wide)
    heads = [
        "".join(cells[i] for _, cells in tables[:first] if i < len(cells) and len(cells) > 2)
        for i in range(size)
    ]
    roles = [role(head) for head in heads]
    if "name" not in roles or not any(r.isdigit() or r == "growth" for r in roles):
        return None
    rows: list[Row] = []
    group = ""
    for line, cells in tables[first:]:
        row = _row_of_cells(line, cells, roles)
        only = [c for c in cells if c and not re.fullmatch(r"[-:—]+", c)]
        if not row.name and not row.attribute and len(only) == 1:
            group = _take_group_name(only[0])
        elif row.name:
            group = row.group = row.group or group
            rows.append(row)
    return rows


def _take_group_name(text: str) -> str:
    mark = _GROUP_MARK.match(text)
    return _COUNT.sub("", mark.group(1) if mark else text)


def _raw_cells(folded: str, line: Line) -> list[str]:
    begin = folded.rfind("\n", 0, line.start) + 1
    end = folded.find("\n", line.end)
    raw = folded[begin : end if end >= 0 else len(folded)]
    if "\t" not in raw and "|" in raw:
        raw = raw.strip().removeprefix("|").removesuffix("|").replace("|", "\t")
    return [re.sub(r"\s+", "", cell) for cell in raw.split("\t")]


def _row_of_cells(line: Line, cells: Sequence[str], roles: Sequence[str]) -> Row:
    row = Row(start=line.start, end=line.end)
    for name, cell in zip(roles, cells, strict=False):
        if name == "number":
            digits = re.match(r"\d{1,3}", cell)
            row.number = int(digits.group()) if digits else None
        elif name == "group":
            if count := _COUNT.search(cell):
                row.group_count = int(count.group(1))
            row.group = row.group or _take_group_name(cell)
        elif name == "name":
            row.name, row.unit = _unit_of(row.name + cell)
        elif name == "unit" and cell:
            row.unit = "" if _DASH.match(cell) else cell.strip("（）")
        elif name == "attribute":
            match = ATTRIBUTE.match(cell)
            row.attribute = match.group(1) if match else ""
        elif name:
            row.by_column[name] = cell
    return row
