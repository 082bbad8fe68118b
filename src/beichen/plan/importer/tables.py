"""The indicator table as it comes out of a file: where it stands and what its header says.

Its rows arrive as whole lines, as one cell per line, or broken anywhere. Each ends with its attribute
(约束性 or 预期性), which is how the table is found and its rows are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beichen.plan.importer.lines import TABLE_END, Line

ATTRIBUTE = re.compile(r"[\[（〔【]?(约束|预期|指导|引导)性?(?:指标)?[\]）〕】]?\Z")
_ATTRIBUTE_CELL = re.compile(r"(?:\A|[\s|])[\[（〔【]?(?:约束|预期)性?(?:指标)?[\]）〕】]?(?=[\s|]|\Z)")
_TITLE = re.compile(r"(?:专 ?栏|表|附件).{0,4}.*指 ?标|主要(?:预期)?(?:发展)?指 ?标|发展.{0,4}指标")
_HEADER_WORD = re.compile(
    r"(?:序号?|号|编号|类别?|别|类型|领域|分类|指标?|标|(?:指标|名称|类别|单位|计量|主要|具体|一级|二级)+|单位?|位"
    r"|.{0,4}“?十[三四五六]五”?.{0,12}|20\d\d ?年?.{0,8}|.{0,4}年均.{0,8}|/?〔?累计.{0,6}|/?五年.{0,6}|/"
    r"|属性?|性|性质|指标属性|指标性质|增速.{0,5}|增长.{0,5}|目标值?|现状值?|基期值?|基数|实际值?|预计值?|完成值?"
    r"|规划值?|预期值?|（%）|%|（?单位：.{0,6}|年|备注)\Z"
)
_ROLE = (
    ("number", re.compile(r"序号|编号")),
    ("attribute", re.compile(r"属性|性质")),
    ("unit", re.compile(r"单位")),
    ("growth", re.compile(r"年均|累计|增速|增幅|增长率")),
    ("name", re.compile(r"指标|名称")),
    ("group", re.compile(r"类别|分类|领域|类型|一级")),
)
_YEAR = re.compile(r"20\d\d")
_NOTE = re.compile(r"注\d?[：.、]|备注|说明：|[①②]|\*|带\*")


@dataclass(frozen=True, slots=True)
class Region:
    """The lines of the indicator table: its title, its rows, its notes (indexes into the lines)."""

    title: int
    first: int
    last: int
    notes: int


@dataclass(frozen=True, slots=True)
class Columns:
    """The value columns in printed order: a year, or "growth"; whether units have a column of their own."""

    values: tuple[str, ...]
    unit: bool
    cumulative: bool


def find_region(lines: Sequence[Line]) -> Region | None:
    """Where the indicator table stands: the longest run of rows that end in an attribute."""
    hits = [i for i, line in enumerate(lines) if _ATTRIBUTE_CELL.search(line.text)]
    runs: list[list[int]] = []
    for i in hits:
        if runs and i - runs[-1][-1] <= 30:
            runs[-1].append(i)
        else:
            runs.append([i])
    run = max(runs, key=len, default=[])
    if len(run) < 3:
        return None
    found = _find_title(lines, run[0])
    first = _first_of_header(lines, run[0]) if found is None else found + 1
    title = first if found is None else found
    notes = last = run[-1]
    for i in range(last + 1, min(last + 12, len(lines))):
        if lines[i].text == TABLE_END:
            continue
        if _NOTE.match(lines[i].text) or (notes == i - 1 > last and lines[i - 1].text[-1] not in "。"):
            notes = i
        else:
            break
    return Region(title, first, last, notes)


def _find_title(lines: Sequence[Line], first_row: int) -> int | None:
    for i in range(first_row - 1, max(-1, first_row - 60), -1):
        text = lines[i].text
        if _TITLE.search(text) and "。" not in text and not _is_header_line(text):
            return i
    return None


def _first_of_header(lines: Sequence[Line], first_row: int) -> int:
    """Where a table without a title begins: the header's words above the first attribute."""
    first = first_row
    while first > max(0, first_row - 40) and "。" not in lines[first - 1].text:
        first -= 1
    headed = [i for i in range(first, first_row + 1) if is_header_word(lines[i].text.split()[0])]
    return headed[0] if headed else first_row


def _is_header_line(text: str) -> bool:
    return all(_HEADER_WORD.match(word) for word in re.split(r"[\s|]+", text) if word)


def is_header_word(text: str) -> bool:
    """Whether a cell is one of the words that head a column."""
    return _HEADER_WORD.match(text) is not None


def role(heading: str) -> str:
    """What a column holds, by its heading: number, group, name, unit, a year, growth, attribute or ""."""
    plain = heading.replace(" ", "")
    for name, pattern in _ROLE[:4]:
        if pattern.search(plain):
            return name
    if match := _YEAR.search(plain):
        return match.group()
    return next((name for name, pattern in _ROLE[4:] if pattern.search(plain)), "")


def columns(header: str) -> Columns:
    """The value columns from the header's words in printed order."""
    plain = re.sub(r"\s", "", header)
    marks = [(m.start(), m.group()) for m in _YEAR.finditer(plain)]
    growth = re.search(r"年均|累计|增速|增幅|增长", plain)
    if growth:
        marks.append((growth.start(), "growth"))
    cumulative = "累计" in plain and "年均" not in plain
    return Columns(tuple(dict.fromkeys(name for _, name in sorted(marks))), "单位" in plain, cumulative)
