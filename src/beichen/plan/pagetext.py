"""A passage of the plan's text as the page shows it: running paragraphs with the facts marked in place.

The source comes with broken lines; they are joined for reading, while every character keeps its offset
in the source, so that a mark stands exactly where its fact was read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from beichen.plan.importer.lines import Line, read_lines
from beichen.plan.importer.passages import join, paragraphs

HEADINGS = {"part": 2, "chapter": 2, "section": 3, "item": 4, "box": 3}


@dataclass(frozen=True, slots=True)
class Span:
    """A fact's place: ``name`` is "kind/key", ``start`` and ``end`` are offsets in the source."""

    name: str
    kind: str
    start: int
    end: int

    @property
    def anchor(self) -> str:
        """The fact's name as an identifier in a page."""
        return self.name.replace("/", "-")


@dataclass(frozen=True, slots=True)
class Segment:
    """Text that one fact covers, or none; ``anchor`` is set on a fact's first segment of the page."""

    text: str
    span: Span | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, a row of a table, or a heading of ``level`` 2 to 4."""

    segments: tuple[Segment, ...]
    level: int = 0
    is_row: bool = False
    start: int = 0


@lru_cache(maxsize=4)
def _lines(text: str) -> tuple[Line, ...]:
    return read_lines(text).kept


def _groups(
    lines: Sequence[Line], headings: dict[int, int], rows: Sequence[Span]
) -> list[tuple[list[Line], int, bool]]:
    """Lines grouped into headings, rows of a table and paragraphs, in order."""
    found: list[tuple[list[Line], int, bool]] = []
    prose: list[Line] = []

    def flush() -> None:
        found.extend((group, 0, False) for group in paragraphs(prose))
        prose.clear()

    row_end = -1
    for line in lines:
        level = headings.get(line.start, 0)
        row = next((span for span in rows if span.start <= line.start < span.end), None)
        if level:
            flush()
            found.append(([line], level, False))
        elif row is not None:
            flush()
            if row.end == row_end:
                found[-1][0].append(line)
            else:
                found.append(([line], 0, True))
            row_end = row.end
        else:
            prose.append(line)
    flush()
    return found


def _innermost(spans: Sequence[Span], offset: int) -> Span | None:
    covering = [span for span in spans if span.start <= offset < span.end]
    return min(covering, key=lambda span: span.end - span.start, default=None)


def _segments(text: str, lines: Sequence[Line], spans: Sequence[Span], seen: set[str]) -> tuple[Segment, ...]:
    passage = join(lines)
    offsets = passage.offsets
    shown = "".join(" " if text[offset].isspace() else text[offset] for offset in offsets)
    inside = [span for span in spans if span.start <= offsets[-1] and span.end > offsets[0]]
    cuts = {0, len(offsets)}
    for span in inside:
        cuts |= {bisect_left(offsets, span.start), bisect_left(offsets, span.end)}
    edges = sorted(cuts)
    segments: list[Segment] = []
    for start, end in pairwise(edges):
        mark = _innermost(inside, offsets[start])
        anchor = ""
        if mark is not None and mark.name not in seen:
            seen.add(mark.name)
            anchor = mark.anchor
        segments.append(Segment(shown[start:end], mark, anchor))
    return tuple(segments)


def page_text(
    text: str, start: int, end: int, headings: dict[int, str], spans: Sequence[Span]
) -> list[Paragraph]:
    """The passage from ``start`` to ``end``; ``headings`` gives the level of a node by its offset."""
    everything = _lines(text)
    first = bisect_left(everything, start, key=lambda line: line.start)
    last = bisect_left(everything, end, key=lambda line: line.start)
    levels = {offset: HEADINGS[level] for offset, level in headings.items() if level in HEADINGS}
    highest = min(levels.values(), default=2)  # the page's own title stands directly above it
    levels = {offset: level - highest + 2 for offset, level in levels.items()}
    rows = [span for span in spans if span.kind == "indicators"]
    prose = [span for span in spans if span.kind != "indicators"]
    seen: set[str] = set()
    found = []
    for lines, level, is_row in _groups(everything[first:last], levels, rows):
        marks = rows if is_row else prose
        found.append(Paragraph(_segments(text, lines, marks, seen), level, is_row, lines[0].start))
    return found
