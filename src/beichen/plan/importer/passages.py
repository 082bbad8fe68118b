"""Paragraphs again: wrapped lines joined into running text, each character knowing its place.

Where a paragraph ends is no longer written in a text that came out of a PDF. It is told by a line
that closes a sentence and is shorter than the wrapped lines around it, or by what begins after it: an
indent, a list marker, a short leading sentence (「优化区域布局。」) such as opens a task.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from beichen.plan.importer.folding import is_chinese
from beichen.plan.importer.lines import Line
from beichen.plan.importer.numerals import CHINESE

MARKER = re.compile(
    rf"(?:——|（[{CHINESE}]{{1,3}}）|（\d{{1,2}}）|[①-⑳]|[{CHINESE}]{{1,3}}、(?![{CHINESE}])|0?\d{{1,2}}[.、](?!\d)"
    r"|[●◆■★▲◇□•·▪➢])"
)
LEAD = re.compile(r"[^，。；：\d]{2,24}。")
_WIDE_LEAD = re.compile(r"[^。；：]{2,30}。")
_SENTENCE = re.compile(
    r"[^。！？；]{0,500}[。！？；]?[”’）]{0,8}"
)  # no sentence is longer: cost stays linear


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text with, for every character, its offset in the source."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the source of the characters ``start`` up to ``end`` of this passage."""
        return self.offsets[start], self.offsets[end - 1] + 1

    def slice(self, start: int, end: int) -> Passage:
        """A part of this passage."""
        return Passage(self.text[start:end], self.offsets[start:end])

    def sentences(self) -> Iterator[Passage]:
        """The sentences, divided at 。！？ and ；, none longer than five hundred characters."""
        for match in _SENTENCE.finditer(self.text):
            if match.group():
                yield self.slice(*match.span())


def _breaks_word(before: str, after: str) -> bool:
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()


def join(lines: Sequence[Line]) -> Passage:
    """Lines as running text: spaces go, except between two Latin words or numbers."""
    characters: list[str] = []
    offsets: list[int] = []
    for line in lines:
        if characters and _breaks_word(characters[-1], line.text[0]) and not line.text[0].isdigit():
            characters.append(" ")
            offsets.append(line.start - 1)
        text = line.text
        for i, character in enumerate(text):
            if character == " " and not _breaks_word(text[i - 1], text[i + 1 : i + 2].strip() or "。"):
                continue
            characters.append(character)
            offsets.append(line.start + i)
    return Passage("".join(characters), tuple(offsets))


def full_width(lines: Sequence[Line]) -> float:
    """How wide a wrapped line is here: the median of the lines that do not close a sentence.

    0 when the lines are not wrapped: then nearly every line of some length closes a sentence.
    """
    printed = [line for line in lines if line.width > 12]
    wrapped = [line.width for line in printed if line.text[-1] not in "。！？；："]
    return median(wrapped) if len(wrapped) > 0.3 * len(printed) else 0.0


def page_width(lines: Sequence[Line]) -> float:
    """How wide the printed page is: the width at which many lines of running text end; 0 if there is none."""
    widths = Counter(
        round(line.width) for line in lines if line.text[-1] not in "。！？；：" and line.width > 12
    )
    if not widths:
        return 0.0
    widest, _ = max(widths.items(), key=lambda item: item[1] + widths[item[0] - 1] + widths[item[0] + 1])
    near = sum(widths[widest + d] for d in (-1, 0, 1))
    wider = sum(line.width > widest + 8 for line in lines)
    fits = wider < 0.15 * len(lines) and near >= max(6, 0.3 * widths.total())
    return float(widest) if fits else 0.0


def _begins_paragraph(before: Line, line: Line, wide: float, indents: bool) -> bool:
    if MARKER.match(line.text) and (before.ends_sentence or before.width < wide - 3):
        return True
    if not before.ends_sentence or before.text[-1] in "；：":
        return before.text[-1] in "；：" and before.width < wide - 6 and is_chinese(line.text[0])
    if indents:
        return line.indent >= 2
    if before.width < wide - 2 or not wide:
        return True
    lead = LEAD.match(line.text)
    return lead is not None and lead.end() < len(line.text)


def paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Group the lines of one block (between two headings) into paragraphs."""
    lines = [line for line in lines if not line.bare_number]
    wide = full_width(lines)
    indented = sum(line.indent >= 2 for line in lines)
    indents = 0 < indented < 0.8 * len(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins_paragraph(groups[-1][-1], line, wide, indents):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def leading_sentence(text: str) -> str | None:
    """The short first sentence that names a task, without its 。; None when the text has none."""
    match = _WIDE_LEAD.match(text)
    if match is None or match.end() == len(text):
        return None
    title = match.group()[:-1]
    halves = [len(half) for half in title.split("，")]
    return title if max(halves) - min(halves) <= 4 and len(halves) <= 3 else None
