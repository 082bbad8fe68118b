"""A text as lines: where each stands, how wide it is, and which lines are no part of the plan's words.

Page numbers and running headers come out of a PDF in the middle of sentences. A decorated number
(— 12 —, -12-, 第12页) is always left out; a bare number is left out of prose, but stays for tables,
where it may be a value. Offsets are characters of the source text throughout.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from beichen.plan.importer.folding import fold, width

TABLE_END = "\ue000"  # stands alone on a line where a table of a .docx file ended
TERMINAL = "。！？；：…"
_CLOSING = "”’）》〕"
_LINE = re.compile(r"[^\n]+")
_DECORATED = re.compile(
    r"(?:[-—·~]{1,3} ?\d{1,4} ?[-—·~]{1,3}|第 ?\d{1,4} ?页(?:[，/ ]*共 ?\d{1,4} ?页)?|\d{1,4} ?/ ?\d{1,4}"
    r"|[Pp]age ?\d{1,4}(?: of \d{1,4})?|\d{1,4} ?页)\Z"
)
_BARE = re.compile(r"\d{1,4}\Z")
_INLINE = re.compile(r"— ?\d{1,4} ?—")
_FEWEST_PAGES, _LINES_A_PAGE = 99, 8
_HEADER = re.compile(r"规划|纲要|计划")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, folded and stripped; ``start``/``end`` bound the stripped text in the source."""

    start: int
    end: int
    text: str
    width: float
    indent: int
    blank_before: bool
    bare_number: bool = False

    @property
    def ends_sentence(self) -> bool:
        """Whether the line's last sign closes a sentence (a closing quote or bracket may follow it)."""
        stripped = self.text.rstrip(_CLOSING)
        return bool(stripped) and stripped[-1] in TERMINAL


@dataclass(frozen=True, slots=True)
class Lines:
    """A text with its folded spelling, the lines that carry its words, and the spans left out."""

    text: str
    folded: str
    kept: tuple[Line, ...]
    left_out: tuple[tuple[int, int], ...]


def _raw_lines(folded: str) -> list[Line]:
    lines: list[Line] = []
    previous_end = 0
    most = max(_FEWEST_PAGES, folded.count("\n") // _LINES_A_PAGE)
    for match in _LINE.finditer(folded):
        body = match.group()
        text = body.strip()
        if not text:
            continue
        indent = len(body) - len(body.lstrip())
        start = match.start() + indent
        blank = folded.count("\n", previous_end, start) > 1
        previous_end = start + len(text)
        bare = _BARE.match(text) is not None and int(text) <= most
        lines.append(Line(start, previous_end, text, width(text), indent, blank, bare))
    return lines


def _running_headers(lines: list[Line]) -> set[str]:
    counts = Counter(line.text for line in lines if 8 <= len(line.text) <= 60)
    return {
        text
        for text, count in counts.items()
        if count >= 3 and _HEADER.search(text) and text[-1] not in TERMINAL + "，、"
    }


def read_lines(text: str) -> Lines:
    """Fold a text and divide it into lines; linear in the text."""
    folded = fold(text)
    left_out = [match.span() for match in _INLINE.finditer(folded)]
    folded = _INLINE.sub(lambda match: " " * len(match.group()), folded)
    raw = _raw_lines(folded)
    headers = _running_headers(raw)
    kept: list[Line] = []
    for line in raw:
        if _DECORATED.match(line.text) or line.text in headers:
            left_out.append((line.start, line.end))
        else:
            kept.append(line)
    return Lines(text, folded, tuple(kept), tuple(sorted(left_out)))
