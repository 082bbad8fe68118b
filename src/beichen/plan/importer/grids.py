"""A box that is set as a table of projects: a header with 项目名称 and rows of cells below it.

The rows come as lines of cells (divided by tabs or spaces) or as one cell a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from beichen.plan.importer.folding import width
from beichen.plan.importer.lines import Line
from beichen.plan.importer.passages import Passage, join

_HEAD = re.compile(
    r"(?:序号|编号|类别|类型|领域|分类|板块|行业|(?:重点|重大)?(?:项目|工程)(?:名称)?|名称|(?:主要)?(?:建设)?(?:内容|规模|地点|性质|年限|期限)"
    r"|(?:主要)?建设内容及规模|起止年限|(?:计划)?(?:总)?投资.{0,6}|(?:责任|牵头|实施|主管)(?:单位|部门|主体)|备注)\Z"
)
_NAME = re.compile(r"项目|工程|名称")
_GROUP = re.compile(r"类别|类型|领域|分类|板块|行业")
_NUMBER = re.compile(r"序号|编号")
_ROW_NUMBER = re.compile(r"\d{1,3}[.、]?\Z")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: the words of its group (kept from the row above when empty), its name, the other cells."""

    group: str
    name: Passage
    rest: str


def _cells(line: Line, most: int) -> list[Line]:
    pattern = re.compile(r"[^\t]+" if "\t" in line.text else r"\S+")
    matches = list(pattern.finditer(line.text))
    if "\t" not in line.text and len(matches) > most:
        matches = matches[: most - 1]
        last = matches[-1].end() + 1
        matches += list(re.compile(r"\S.*").finditer(line.text, last))[:1]
    return [_cell(line, m.start(), m.group()) for m in matches if m.group().strip()]


def _cell(line: Line, at: int, text: str) -> Line:
    start = line.start + at + len(text) - len(text.lstrip())
    text = text.strip()
    return replace(line, start=start, end=start + len(text), text=text, width=width(text), bare_number=False)


def _header(lines: Sequence[Line]) -> tuple[list[str], int, bool]:
    """The columns' headings, how many lines they take, and whether each cell has a line of its own."""
    for i, line in enumerate(lines[:3]):
        words = re.split(r"\s+", line.text)
        if len(words) > 1 and all(_HEAD.match(word) for word in words) and any(map(_NAME.search, words)):
            return words, i + 1, False
    words = []
    for line in lines:
        if not _HEAD.match(line.text):
            break
        words.append(line.text)
    if len(words) > 1 and any(map(_NAME.search, words)):
        return words, len(words), True
    return [], 0, False


def _chunks(lines: Sequence[Line], size: int, numbered: bool) -> list[list[Line]]:
    """One cell a line: rows of ``size`` cells, or from one number to the next."""
    if not numbered:
        return [list(lines[i : i + size]) for i in range(0, len(lines), size)]
    rows: list[list[Line]] = []
    for line in lines:
        if line.text == str(len(rows) + 1) or not rows:
            rows.append([])
        rows[-1].append(line)
    return rows


def read_grid(lines: Sequence[Line]) -> Iterator[GridRow]:
    """The rows of a box's table; none when the box is not set as one."""
    heads, taken, alone = _header(lines)
    if not heads:
        return
    name_at = next(i for i, head in enumerate(heads) if _NAME.search(head))
    group_at = next((i for i, head in enumerate(heads) if _GROUP.search(head)), None)
    numbered = _NUMBER.search(heads[0]) is not None
    body = lines[taken:]
    rows = _chunks(body, len(heads), numbered) if alone else [_cells(line, len(heads)) for line in body]
    group = ""
    for cells in rows:
        missing = len(heads) - len(cells)
        if numbered and not _ROW_NUMBER.match(cells[0].text):
            continue
        merged = group_at is not None and missing == 1 and group_at < name_at
        at = name_at - 1 if merged else name_at
        if at >= len(cells):
            continue
        if group_at is not None and not merged:
            group = cells[group_at].text
        rest = " ".join(cell.text for cell in cells[at + 1 :])
        yield GridRow(group, join([cells[at]]), rest)
