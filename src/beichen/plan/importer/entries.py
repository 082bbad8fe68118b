"""The entries of a box: its group headings, its named items, its lists, each with its place.

A box is set as a list: 「（一）机场」 opens a group, 「影视产业链。以…」 and 「厕所革命：大力…」 name an item
and describe it, 「重点推进A、B等项目。」 lists items, and some boxes give one item a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beichen.plan.importer.lines import Line
from beichen.plan.importer.numerals import CHINESE
from beichen.plan.importer.passages import Passage, join

_GROUP_MARK = re.compile(rf"——|-{{2}}|（[{CHINESE}]{{1,3}}）|[{CHINESE}]{{1,3}}、(?![{CHINESE}]、)")
_ITEM_MARK = re.compile(
    r"（\d{1,2}）|[①-⑳]|\d{1,2}[.、）](?!\d)|\d{1,2}[.、](?=\dG)|0\d(?=[^\d])|[●◆■★▲◇□•·▪➢]"
    r"|\d{1,2} (?=[\u4e00-\u9fff])|—(?!—)"
)
_NAMED = re.compile(r"[^，。；：]{2,40}?[。：]")
_COLON = re.compile(r"[^，。；：、]{2,14}：")
_INNER = re.compile(r"(?:(?<=[；。])|\A)([①-⑳](?=\S)|（\d{1,2}）|[^，。；：、]{2,14}：(?=[^，。；：]))")
_LIST_SIGNS = "、，；"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``mark`` is 1 for a group's mark, 2 for an item's, 0 for none."""

    mark: int
    passage: Passage

    @property
    def text(self) -> str:
        """The entry's words."""
        return self.passage.text

    @property
    def is_title(self) -> bool:
        """Whether the entry is a heading: short, unpunctuated, or ended by a colon."""
        plain = self.text.rstrip("：")
        return len(plain) <= 40 and not re.search("[。；，]", plain) and self.text[-1] not in "、"


def _mark(line: Line) -> tuple[int, int]:
    """The kind of mark that a line begins with, and its length."""
    if match := _GROUP_MARK.match(line.text):
        return 1, match.end()
    if match := _ITEM_MARK.match(line.text):
        return 2, match.end()
    return 0, 0


def _wrap_width(lines: Sequence[Line]) -> float:
    """The width at which this box's text is wrapped; 0 when its lines are not wrapped but entries."""
    lengths = [line.width for line in lines if not line.ends_sentence]
    if not lengths or not any(sign in line.text for line in lines for sign in "。；，、："):
        return 0.0
    widest = max(line.width for line in lines)
    near = sum(length > widest - 4 for length in lengths)
    joined = sum(line.text[-1] in _LIST_SIGNS for line in lines)
    return widest if near >= 0.4 * len(lengths) or joined else 0.0


def _begins(before: Line, line: Line, wide: float, untitled: bool) -> bool:
    if _mark(line)[0]:
        return (
            before.ends_sentence or before.width < wide - 3 or not wide or before.text[-1] not in _LIST_SIGNS
        )
    if before.text[-1] in "、，":
        return False
    if not before.ends_sentence:
        return not wide or (before.width < wide - 4 and (untitled or _mark(before)[0] > 0))
    if before.text[-1] in "；：":
        return before.width < wide - 4
    if _COLON.fullmatch(line.text):
        return True
    named = _NAMED.match(line.text)
    return before.width < wide - 2.5 or (
        named is not None and named.end() < len(line.text) and named.end() <= 22
    )


def read_entries(lines: Sequence[Line]) -> list[Entry]:
    """The entries of a box in their order."""
    lines = [line for line in lines if not line.bare_number]
    wide = _wrap_width(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins(groups[-1][-1], line, wide, len(groups[-1]) == 1):
            groups[-1].append(line)
        else:
            groups.append([line])
    entries = [entry for group in groups if (entry := _entry(group)) is not None]
    return [part for entry in entries for part in _parts(entry)]


def _parts(entry: Entry) -> list[Entry]:
    """An entry that is several in one line: 「①A；②B」, 「续建项目：A；新建项目：B」."""
    starts = [match.start(1) for match in _INNER.finditer(entry.text)]
    if len([at for at in starts if at]) == 0 or (_COLON.match(entry.text) is None and entry.mark == 0):
        return [entry]
    ends = [*starts[1:], len(entry.text)] if starts[0] == 0 else [*starts, len(entry.text)]
    begins = starts if starts[0] == 0 else [0, *starts]
    parts = []
    for begin, end in zip(begins, ends, strict=True):
        words = entry.passage.slice(begin, end)
        mark = _ITEM_MARK.match(words.text)
        kind = 2 if mark else entry.mark
        parts.append(Entry(kind, words.slice(mark.end() if mark else 0, len(words.text))))
    return parts


def _entry(group: Sequence[Line]) -> Entry | None:
    passage = join(group)
    kind, length = _mark(group[0])
    length = len(group[0].text[:length].replace(" ", ""))
    lead = re.match(r"[ .、]*", passage.text[length:])
    words = passage.slice(length + (lead.end() if lead else 0), len(passage.text))
    return Entry(kind, words) if words.text else None
