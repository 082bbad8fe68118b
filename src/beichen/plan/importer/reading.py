"""A plan's text becomes its facts: the steps in their order, and what refuses a text as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from beichen.plan.importer import codes
from beichen.plan.importer.bodies import read_bodies
from beichen.plan.importer.codes import Findings
from beichen.plan.importer.documents import LARGEST_TEXT, read_document, refuse
from beichen.plan.importer.facts import Indicator, PlanFacts, distinct
from beichen.plan.importer.headings import Mark
from beichen.plan.importer.indicators import read_indicators
from beichen.plan.importer.lines import TABLE_END, Line, Lines, read_lines
from beichen.plan.importer.nodes import outline_nodes
from beichen.plan.importer.numerals import CHINESE, chinese_number
from beichen.plan.importer.outline import Division, divide
from beichen.plan.importer.passages import join
from beichen.plan.importer.periods import stated_years
from beichen.plan.importer.projects import read_projects
from beichen.plan.importer.tables import Region, find_region
from beichen.plan.importer.targets import read_targets
from beichen.problem import Level, Problem, Where, said

_TITLE = re.compile(
    rf"([\u4e00-\u9fff]{{0,16}}?)国民经济和社会发展第?([{CHINESE}]{{1,4}})个?五年(?:规划|计划)"
    r"(?:和(?:\d{4}|二〇三五|二[○Oo0零]三五)年远景(?:发展)?目标)?(?:纲要)?"
)
_SHORT = re.compile(rf"“?(十[{CHINESE}]|[{CHINESE}]?十)五”?(?:时期|期间|规划|发展规划|以来|末|期末)")
_NAMED = re.compile(rf"“(十[{CHINESE}]|[{CHINESE}]?十)五”[^。，；]{{0,40}}(?:规划|计划|方案)")
_YEARS = re.compile(r"(20\d\d)年?[-—~至到](20\d\d)年?")
_NOT_NAME = re.compile(r".*(?:关于|印发|编制|制定|批准|通过|审议|根据|《|的)")
_FIRST_PLAN = 1953
_IMPLEMENTATION = re.compile(r"实施|保障|机制|组织|领导|落实")


def _period(opening: str, whole: str) -> tuple[str, int, int] | None:
    """Title, first and last year: the tenth plan began in 2001, and each lasts five years."""
    title, ordinal = "", None
    if match := _TITLE.search(opening):
        place = _NOT_NAME.sub("", match.group(1))
        title = place + match.group()[len(match.group(1)) :]
        ordinal = chinese_number(match.group(2))
    if ordinal is None and (stated := stated_years(opening)) is not None:
        return title, *stated
    if ordinal is None and (named := _NAMED.search(opening)) is not None:
        ordinal = chinese_number(named.group(1))
    if ordinal is None:
        counts: dict[str, int] = {}
        for found in _SHORT.findall(whole):
            counts[found] = counts.get(found, 0) + 1
        ordinal = chinese_number(max(counts, key=lambda word: counts[word])) if counts else None
    years = next((m for m in _YEARS.finditer(opening) if int(m.group(2)) - int(m.group(1)) == 4), None)
    if years is not None:
        return title, int(years.group(1)), int(years.group(2))
    if ordinal is None or not 1 <= ordinal <= 30:
        return None
    start = 2001 + (ordinal - 10) * 5
    return title, start, start + 4


def _whole(title: str) -> str:
    """The word for all of the plan's region, by the kind of region in its title."""
    kind = re.search(r"([省市县区州盟旗])(?=国民经济)", title)
    return f"全{kind.group(1)}" if kind else "全市"


def _ends_abruptly(lines: Sequence[Line]) -> bool:
    """Whether the last line breaks off: no closing sign, and as long as a line of running text."""
    last = lines[-1]
    if last.ends_sentence or re.search(r"\d年|[日月]\Z|）\Z", last.text):
        return False
    wrapped = len(lines) > 1 and lines[-2].width > 15 and not lines[-2].ends_sentence
    return wrapped or last.text[-1] in "，、：（“" or last.width > 12


def _check_whole(lines: Sequence[Line], divisions: Sequence[Division], findings: Findings) -> None:
    last = lines[-1]
    if _ends_abruptly(lines):
        message = said("the text breaks off in the middle of a sentence")
        findings.add(codes.TRUNCATED, (last.start, last.end), message, "give the whole plan", Level.ERROR)
    tops = [d for d in divisions if d.heading is not None and d.parent is None and not d.is_box]
    if tops and not _IMPLEMENTATION.search(tops[-1].title):
        heading = tops[-1].heading
        span = (heading.start, heading.end) if heading else (0, 1)
        findings.add(codes.NO_ENDING, span, "the last part is not on implementation", "is the text complete?")


def _table_location(region: Region, lines: Sequence[Line], divisions: Sequence[Division]) -> str:
    start = lines[region.last].start
    location = "0"
    for division in divisions:
        first = (
            division.heading.start
            if division.heading
            else (division.lines[0].start if division.lines else None)
        )
        if first is not None and first <= start:
            location = division.location
    return location


def _read_table(
    read: Lines,
    region: Region | None,
    divisions: Sequence[Division],
    years: tuple[int, int],
    findings: Findings,
) -> tuple[Indicator, ...]:
    if region is None:
        findings.add(codes.NO_INDICATORS, (0, 1), "no table of 约束性/预期性 indicators was found")
        return ()
    location = _table_location(region, read.kept, divisions)
    return read_indicators(read, region, location, years, findings)


def _note_left_out(read: Lines, first_line: int, region: Region | None, findings: Findings) -> None:
    """One note on all lines that are no words of the plan: page numbers, running headers, contents."""
    table = range(region.first, region.last + 1) if region else range(0)
    bare = [(line.start, line.end) for i, line in enumerate(read.kept) if line.bare_number and i not in table]
    contents = [(line.start, line.end) for line in read.kept[:first_line]]
    spans = sorted({*read.left_out, *bare, *contents})
    if spans:
        findings.add(
            codes.LEFT_OUT, spans[0], f"{len(spans)} lines are left out, here the first", level=Level.NOTE
        )


def read_plan_text(text: str, source: str) -> PlanFacts:
    """The facts of a plan's text; ``source`` names it in problems.

    Raises ProblemError when the text is empty, far too long, or no five-year plan. A text that breaks
    off is read as far as it goes and carries a problem of level error: its facts must not be imported.
    """
    if len(text) > LARGEST_TEXT:
        raise refuse(codes.TOO_LARGE, source, f"the text has {len(text):,} characters")
    findings = Findings()
    read = read_lines(text)
    if not read.kept:
        raise refuse(codes.EMPTY, source, "the file holds no words")
    region = find_region(read.kept)
    divisions, first_line = divide(read.kept, findings, region)
    lines = [line for line in read.kept[first_line:] if line.text != TABLE_END]
    opening = join(read.kept[:80]).text
    period = _period(opening, read.folded)
    headings = [d for d in divisions if d.heading is not None and d.heading.mark != Mark.BOX]
    if period is None or len(headings) < 2:
        missing = "no plan with its years is named" if period is None else "it has no chapters"
        raise refuse(codes.NO_PLAN, source, f"this reads as no plan: {missing}")
    title, start_year, end_year = period
    years = (start_year, end_year)
    _check_whole(lines, divisions, findings)
    _note_left_out(read, first_line, region, findings)
    indicators = _read_table(read, region, divisions, years, findings)
    projects = read_projects(divisions, findings)
    return PlanFacts(
        title=title or join(lines[:1]).text[:80],
        start_year=start_year,
        end_year=end_year,
        source=source,
        text=text,
        outline=distinct(outline_nodes(divisions, len(text))),
        indicators=distinct(indicators),
        targets=distinct(read_targets(divisions, text, years, _whole(title))),
        projects=distinct(projects),
        bodies=distinct(read_bodies(divisions, projects)),
        problems=findings.problems(text, source),
    )


def read_plan(path: Path) -> PlanFacts:
    """The facts of a plan's file (.txt, .docx, .pdf).

    Raises ProblemError: PLN-101 to 107 for a file that cannot be read, PLN-104 for a text that is no plan.
    """
    text, encoding = read_document(path)
    facts = read_plan_text(text, path.name)
    if encoding.startswith("utf-8"):
        return facts
    message = said("the text has been decoded from {encoding}", encoding=encoding)
    decoded = Problem(codes.DECODED, message, Where(file=path.name), said("check a name or two"), Level.NOTE)
    return replace(facts, problems=(decoded, *facts.problems))
