"""Which lines are headings: 篇, 章, 节, 「一、」「（一）」「1.」, and the titles of boxes (专栏).

A heading is a line that begins with its number and reads like a title. The table of contents repeats
the headings without the body; it is recognised by that and left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

from beichen.plan.importer.lines import Line
from beichen.plan.importer.numerals import CHINESE, NUMERAL, number
from beichen.plan.importer.passages import MARKER, page_width
from beichen.plan.importer.tables import is_header_word


class Mark(IntEnum):
    """How a heading is numbered, from the widest to the narrowest division."""

    PART = 1  # 第一篇, 第一编, 第一部分
    CHAPTER = 2  # 第一章
    SECTION = 3  # 第一节
    COMMA = 4  # 一、
    BRACKET = 5  # （一）
    POINT = 6  # 1.
    BOX = 9  # 专栏1


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its number and title, the lines ``first`` to ``last`` it stands on, and its span.

    ``run_in`` is the offset in the last line's text where the body goes on after the title, or None.
    """

    mark: Mark
    number: int
    title: str
    first: int
    last: int
    start: int
    end: int
    run_in: int | None = None


_DIVISION = {"篇": Mark.PART, "编": Mark.PART, "部分": Mark.PART, "章": Mark.CHAPTER, "节": Mark.SECTION}
_ORDINAL = re.compile(rf"第 ?({NUMERAL}) ?(篇|编|部分|章|节)[ ：、.·—]*(.*)\Z")
_BOX = re.compile(
    rf"〔?(?:专 ?栏|专 ?框)〕? ?({NUMERAL}|)(?: ?- ?\d{{1,2}})?(?=[ ：〕、.“]|\D)[〕 ：、.]*(.*)\Z"
)
_COMMA = re.compile(rf"([{CHINESE}]{{1,3}})[、.] ?(.+)\Z")
_BRACKET = re.compile(rf"（ ?([{CHINESE}]{{1,3}}) ?） ?(.+)\Z")
_POINT = re.compile(r"(\d{1,2}) ?[.、](?!\d) ?(.+)\Z")
_LEADERS = re.compile(r"[ .…·。-]*(?:[.…·]{2,}[ .…·-]*\d{0,4}| \d{1,4}|（\d{1,4}）)\Z")
_CONTENTS = re.compile(r"目 ?录\Z|目 ?次\Z")
_NO_TITLE = re.compile(r"的|规定|中的|所|以下|以上|和第|与第|及第|至第|、|，|。|；|”|》|）")
_TITLE_GOES_ON = "，、和与及的—“《（"
_LONGEST = 48


def _ordinal(line: Line) -> tuple[Mark, int, str] | None:
    if line.text[0] != "第":
        return None
    match = _ORDINAL.match(line.text)
    value = number(match.group(1)) if match else None
    if match is None or value is None:
        return None
    title = match.group(3).strip()
    if len(title) > _LONGEST + 12 or "。" in title or _NO_TITLE.match(title) or title.endswith("；"):
        return None
    return _DIVISION[match.group(2)], value, title


def _box(line: Line) -> tuple[Mark, int, str] | None:
    if line.text[0] not in "专框〔":
        return None
    match = _BOX.match(line.text)
    if match is None or "。" in match.group(2) or len(match.group(2)) > _LONGEST:
        return None
    digits = match.group(1)
    if not digits and not line.text.startswith("〔"):
        return None
    return Mark.BOX, number(digits) or 0, match.group(2).strip(" 〕：")


def _listed(line: Line) -> tuple[Mark, int, str] | None:
    for mark, pattern in ((Mark.COMMA, _COMMA), (Mark.BRACKET, _BRACKET), (Mark.POINT, _POINT)):
        match = pattern.match(line.text)
        if match is None:
            continue
        value, title = number(match.group(1)), match.group(2).strip()
        head = title.split("。", 1)[0]
        if value is None or not 2 <= len(head) <= 40 or "；" in head or head[0] in "，、。）":
            return None
        if "。" not in title and title[-1] in "，、：":
            return None
        return mark, value, head
    return None


def _recognise(line: Line) -> tuple[Mark, int, str] | None:
    if line.bare_number or len(line.text) < 2:
        return None
    return _ordinal(line) or _box(line) or _listed(line)


def _title_goes_on(line: Line, after: Line, wide: float) -> bool:
    if (
        _recognise(after) is not None
        or MARKER.match(after.text)
        or after.bare_number
        or is_header_word(after.text.split()[0])
    ):
        return False
    open_signs = sum(line.text.count(a) - line.text.count(b) for a, b in ("（）", "“”", "《》"))
    if line.text[-1] in _TITLE_GOES_ON or open_signs > 0:
        return True
    full = wide > 0 and line.width >= wide - 1.5
    return full and after.width < wide - 2 and not after.ends_sentence and "。" not in after.text


def _strip_leaders(title: str) -> str:
    return _LEADERS.sub("", title).strip()


def _candidates(lines: Sequence[Line]) -> Iterator[Heading]:
    wide = page_width(lines)
    i = 0
    while i < len(lines):
        found = _recognise(lines[i])
        if found is None:
            i += 1
            continue
        mark, value, title = found
        first, last, run_in = i, i, None
        if "。" in lines[i].text and mark in (Mark.COMMA, Mark.BRACKET, Mark.POINT):
            run_in = lines[i].text.index("。") + 1
        bare = not title and i + 1 < len(lines) and _recognise(lines[i + 1]) is None
        if bare and not lines[i + 1].ends_sentence and lines[i + 1].width <= _LONGEST:
            last, title = i + 1, lines[i + 1].text
        while run_in is None and last + 1 < len(lines) and _title_goes_on(lines[last], lines[last + 1], wide):
            last += 1
            title += lines[last].text
            if last - first > 2:
                break
        end = lines[last].end if run_in is None else lines[last].start + run_in
        yield Heading(mark, value, _strip_leaders(title), first, last, lines[first].start, end, run_in)
        i = last + 1


def _same(a: Heading, b: Heading) -> bool:
    return a.mark == b.mark and a.number == b.number


def contents_end(headings: Sequence[Heading], lines: Sequence[Line]) -> int:
    """How many of the first headings are the table of contents: 0 when there is none.

    The contents end where the first heading comes a second time; before that there is hardly any
    text between the headings.
    """
    divisions = [i for i, h in enumerate(headings) if h.mark != Mark.BOX and h.mark != Mark.POINT]
    if not divisions:
        return 0
    named = next((i for i, line in enumerate(lines[:400]) if _CONTENTS.match(line.text)), None)
    first = next((i for i in divisions if named is None or headings[i].first > named), None)
    if first is None:
        return 0
    taken = [0, *accumulate(heading.last - heading.first + 1 for heading in headings)]
    for i in divisions:
        if i <= first or not _same(headings[i], headings[first]):
            continue
        alike = headings[i].title[:6] == headings[first].title[:6]
        printed = headings[i].first - headings[first].first
        dense = printed <= 1.6 * (taken[i] - taken[first]) + 2
        if dense and (alike or named is not None) and i - first > 1:
            return i
        if alike:
            return 0
    return 0


def in_contents(line: Line) -> bool:
    """Whether a line looks like an entry of a table of contents: it ends in leaders or a page number."""
    return re.search(r"[.…·]{3,} ?\d{0,4}\Z", line.text) is not None


def find_headings(lines: Sequence[Line]) -> tuple[list[Heading], int]:
    """All candidate headings after the table of contents, and the index of the first line after it."""
    found = list(_candidates(lines))
    skipped = contents_end(found, lines)
    first_line = found[skipped].first if skipped else 0
    return [h for h in found[skipped:] if not in_contents(lines[h.last])], first_line


def prose_breaks_off(lines: Sequence[Line], heading: Heading) -> bool:
    """Whether the line before the heading ends in the middle of a sentence: then it may be prose."""
    if heading.first == 0:
        return False
    before = lines[heading.first - 1]
    return before.text[-1] in "，、（“" or (
        not before.ends_sentence and before.width > 15 and "。" in before.text
    )


def ladder(headings: Sequence[Heading]) -> list[Mark]:
    """The kinds of heading that divide this plan, widest first (boxes and lists apart)."""
    counts = Counter(h.mark for h in headings)
    ordinals = [m for m in (Mark.PART, Mark.CHAPTER, Mark.SECTION) if counts[m]]
    listed = [m for m in (Mark.COMMA, Mark.BRACKET, Mark.POINT) if counts[m]]
    return ordinals + listed
