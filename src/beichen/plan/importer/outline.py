"""The plan's tree: its divisions with their text, and the boxes that stand in them.

Candidate headings become the tree by their order: numbers that go on or begin anew are believed,
numbers that jump are believed and reported, lists in prose that do not count from one are not headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from beichen.plan.importer import codes
from beichen.plan.importer.boxes import box_end
from beichen.plan.importer.codes import Findings
from beichen.plan.importer.folding import width
from beichen.plan.importer.headings import Heading, Mark, find_headings, ladder, prose_breaks_off
from beichen.plan.importer.lines import TABLE_END, Line
from beichen.plan.importer.passages import Passage, join, paragraphs
from beichen.plan.importer.tables import Region

LEVELS = ("part", "chapter", "section", "item", "subitem", "point")
PREAMBLE = "0"


@dataclass(slots=True)
class Division:
    """A heading in its place, with the lines that follow it up to the next heading.

    The lines of the indicator table are not among them; ``holds_table`` says that it stands here.
    """

    heading: Heading | None
    level: str
    location: str
    parent: str | None
    path: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    holds_table: bool = False
    end: int | None = None
    joined: list[Passage] | None = None

    def passages(self) -> list[Passage]:
        """The paragraphs of this division as running text; worked out once."""
        if self.joined is None:
            self.joined = [join(group) for group in paragraphs(self.lines)]
        return self.joined

    @property
    def title(self) -> str:
        """The heading's words; empty for what stands before the first heading."""
        return self.heading.title if self.heading else ""

    @property
    def is_box(self) -> bool:
        """Whether this is a 专栏."""
        return self.level == "box"


class _Counting:
    """Which number comes next, for each kind of heading, in the order of the text."""

    def __init__(self) -> None:
        self.last: dict[Mark, int] = {}
        self.overall: dict[Mark, int] = {}
        self.in_box: dict[Mark, int] | None = None

    def follows(self, heading: Heading) -> bool:
        """Whether the number is one, the next here, or the next of a count that runs through."""
        expected = self.last.get(heading.mark, 0) + 1
        return heading.number in (expected, 1, self.overall.get(heading.mark, 0) + 1)

    def accept(self, heading: Heading) -> None:
        self.in_box = None
        self.last[heading.mark] = self.overall[heading.mark] = heading.number
        for mark in [m for m in self.last if m > heading.mark]:
            del self.last[mark]

    def belongs_to_box(self, heading: Heading) -> bool:
        """Whether a list number within a box counts the box's groups rather than the plan's sections."""
        if self.in_box is None or heading.mark < Mark.COMMA:
            return False
        if heading.number == self.in_box.get(heading.mark, 0) + 1:
            self.in_box[heading.mark] = heading.number
            for mark in [m for m in self.in_box if m > heading.mark]:
                del self.in_box[mark]
            return True
        return heading.number != self.last.get(heading.mark, 0) + 1 or heading.mark not in self.last


def _is_heading(heading: Heading, lines: Sequence[Line], counting: _Counting, findings: Findings) -> bool:
    if heading.mark == Mark.BOX:
        return not prose_breaks_off(lines, heading) or heading.number == counting.overall.get(Mark.BOX, 0) + 1
    if counting.belongs_to_box(heading):
        return False
    span = (heading.start, heading.end)
    if heading.mark >= Mark.COMMA:
        expected = counting.last.get(heading.mark, 0) + 1
        if heading.number != expected and heading.number != counting.overall.get(heading.mark, 0) + 1:
            return False
        return not prose_breaks_off(lines, heading)
    if counting.follows(heading):
        return not (prose_breaks_off(lines, heading) and heading.number == 1)
    if prose_breaks_off(lines, heading):
        return False
    expected = counting.last.get(heading.mark, 0) + 1
    findings.add(codes.OUT_OF_SEQUENCE, span, f"number {heading.number} stands where {expected} was expected")
    return True


def _check_box_number(heading: Heading, counting: _Counting, findings: Findings) -> None:
    expected = counting.overall.get(Mark.BOX, 0) + 1
    if heading.number not in (expected, 0):
        span = (heading.start, heading.end)
        findings.add(codes.BOX_SEQUENCE, span, f"box {heading.number} stands where {expected} was expected")
    counting.overall[Mark.BOX] = heading.number or expected
    counting.in_box = {}


def _repeats(heading: Heading, accepted: Sequence[Heading]) -> bool:
    """A heading of the same number and title as the open one is a running header."""
    for earlier in reversed(accepted):
        if earlier.mark == heading.mark:
            return earlier.number == heading.number and earlier.title == heading.title
        if earlier.mark < heading.mark:
            return False
    return False


def _accepted(lines: Sequence[Line], findings: Findings, table: Region | None) -> tuple[list[Heading], int]:
    candidates, first_line = find_headings(lines)
    if table is not None:
        candidates = [h for h in candidates if not table.first <= h.first <= table.notes]
    counting = _Counting()
    accepted: list[Heading] = []
    for heading in candidates:
        if not _is_heading(heading, lines, counting, findings) or _repeats(heading, accepted):
            continue
        if heading.mark == Mark.BOX:
            _check_box_number(heading, counting, findings)
        else:
            counting.accept(heading)
        accepted.append(heading)
    return _without_stray_lists(accepted), first_line


def _without_stray_lists(headings: list[Heading]) -> list[Heading]:
    """Drop list numbers that divide nothing: a kind that never gets past its first number."""
    highest = {mark: max((h.number for h in headings if h.mark == mark), default=0) for mark in Mark}
    return [h for h in headings if h.mark < Mark.COMMA or h.mark == Mark.BOX or highest[h.mark] > 1]


def _level_names(headings: Sequence[Heading]) -> dict[Mark, str]:
    rungs = ladder([h for h in headings if h.mark != Mark.BOX])
    names = LEVELS if Mark.PART in rungs else LEVELS[1:]
    return dict(zip(rungs, names, strict=False)) | {Mark.BOX: "box"}


def _rest_of_line(line: Line, run_in: int) -> Line | None:
    rest = line.text[run_in:]
    text = rest.strip()
    if not text:
        return None
    start = line.start + run_in + len(rest) - len(rest.lstrip())
    return replace(line, start=start, text=text, width=width(text), indent=0)


def _body(lines: Sequence[Line], heading: Heading | None, first: int, last: int) -> list[Line]:
    body = list(lines[first:last])
    if heading is not None and heading.run_in is not None:
        rest = _rest_of_line(lines[heading.last], heading.run_in)
        body = ([rest] if rest else []) + body
    return body


def _without_table(divisions: Sequence[Division], lines: Sequence[Line], table: Region | None) -> None:
    """Leave only words in the divisions: no ends of tables, nothing of the indicator table."""
    rows = range(lines[table.title].start, lines[table.notes].end) if table else range(0)
    for division in divisions:
        words = [line for line in division.lines if line.start not in rows]
        division.end = division.lines[-1].end if division.lines else None
        division.holds_table = len(words) < len(division.lines)
        division.lines = [line for line in words if line.text != TABLE_END]


def divide(
    lines: Sequence[Line], findings: Findings, table: Region | None = None
) -> tuple[list[Division], int]:
    """The divisions in the order of the text, and the index of the first line after the contents.

    Nothing within the indicator ``table`` is a heading. Text that goes on after a box belongs to the
    division that the box stands in, as one more block.
    """
    headings, first_line = _accepted(lines, findings, table)
    names = _level_names(headings)
    first = headings[0].first if headings else len(lines)
    divisions = [Division(None, "preamble", PREAMBLE, None, (), list(lines[first_line:first]))]
    open_marks: list[tuple[Mark, str]] = []
    open_titles: list[str] = []
    for i, heading in enumerate(headings):
        until = headings[i + 1].first if i + 1 < len(headings) else len(lines)
        body = _body(lines, heading, heading.last + 1, until)
        here = ".".join(number for _, number in open_marks) or PREAMBLE
        if heading.mark == Mark.BOX:
            box_lines = box_end(body, lines[max(0, heading.first - 60) : heading.first])
            number = heading.number or sum(d.is_box for d in divisions) + 1
            path = (*open_titles, heading.title)
            divisions.append(Division(heading, "box", f"专栏{number}", here, path, body[:box_lines]))
            if rest := body[box_lines:]:
                divisions.append(Division(None, "rest", here, None, tuple(open_titles), rest))
            continue
        while open_marks and open_marks[-1][0] >= heading.mark:
            open_marks.pop()
            open_titles.pop()
        parent = ".".join(number for _, number in open_marks) or None
        open_marks.append((heading.mark, str(heading.number)))
        open_titles.append(heading.title)
        location = ".".join(number for _, number in open_marks)
        divisions.append(Division(heading, names[heading.mark], location, parent, tuple(open_titles), body))
    _without_table(divisions, lines, table)
    return divisions, first_line
