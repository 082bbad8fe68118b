"""Quantitative targets in the prose: numbers with a metric and a unit that the plan promises.

A number is a target when its clause promises it: a verb of level or change stands before it (达到,
增长), an action governs it (新建 … 50个), or the sentence says by when (到2025年). Results of the years
before, dates, names, and numbers that only describe something are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from beichen.plan.importer.clauses import Clause, describes, promises
from beichen.plan.importer.facts import Period, Target, stable_key
from beichen.plan.importer.metrics import noun_of, subject_and_metric, unit_of
from beichen.plan.importer.numerals import number
from beichen.plan.importer.outline import Division
from beichen.plan.importer.passages import MARKER, Passage, join, leading_sentence
from beichen.plan.importer.periods import earlier_plan, plan_name, plan_number
from beichen.plan.importer.quantities import Quantity, quantities
from beichen.plan.importer.respective import respective
from beichen.plan.importer.units import comparator
from beichen.plan.importer.wording import ABROAD, ACTION_BEFORE, PAST, REVIEW, REVIEW_NOT, VISION

_CLAUSE_END = re.compile(r"[，。；！？：]|\Z")
_YEAR = r"(20\d\d|二[〇○零][〇一二三四五六七八九]{2})"
_ANCHOR = re.compile(rf"(?<![比较于由从自])(?:到|至|在|截至)?{_YEAR}年(?!的?(?:基础|水平))(?:底|末|前|左右)?")
_QUOTED = re.compile(r"“[^“”。]{1,200}”|《[^《》]{1,60}》")
_COST = re.compile(r"(?:总|计划|预计|概算)投资(?:额|约|近|超过|达到|达|为)*\Z|占地(?:面积)?(?:约|近)?\Z")
_CLOSE = re.compile(r"(?:大约|约|近|逾|不低于|不少于|不超过)\Z")
_YEARLY = re.compile(r"每年|年均(?!浓度|气温|降水)|年度")


@dataclass(frozen=True, slots=True)
class _Setting:
    """What surrounds a sentence: its division, the lead of its paragraph, the years that count."""

    division: Division
    lead: str
    review: bool
    year: int
    first_year: int
    last_year: int
    earlier: re.Pattern[str]
    term: re.Pattern[str]
    whole: str


def _setting(division: Division, years: tuple[int, int], length: int, whole: str) -> _Setting:
    early = bool(division.lines) and division.lines[0].start < length * 0.5
    earlier = earlier_plan(years[0])
    opening = join(division.lines[:1]).text if division.lines else ""
    reviewed = any(REVIEW.search(title) and not REVIEW_NOT.match(title) for title in division.path)
    review = early and (reviewed or earlier.match(opening) is not None)
    title = division.path[-1] if division.path else ""
    year = years[1]
    if VISION.search(title) and str(years[1]) not in title and "时期" not in title:
        found = re.search(r"20[34]\d", title)
        year = int(found.group()) if found else years[0] + 14
    name = plan_name(plan_number(years[0]))
    term = re.compile(rf"“?{name}”?(?:末|期末|时期|期间|规划期|$)|规划期(?:末|内)?|未来五年|今后五年|期末")
    return _Setting(division, "", review, year, *years, earlier, term, whole)


def _found(text: str) -> list[Quantity]:
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    return [q for q in quantities(text) if not any(a < q.start < b for a, b in quoted)]


def _anchors(text: str) -> list[tuple[int, int]]:
    """Where the sentence names a year by which something is to be, and which."""
    years = [(match.start(), number(match.group(1))) for match in _ANCHOR.finditer(text)]
    return [(at, year) for at, year in years if year is not None]


def _item_start(text: str, taken: int, end: int) -> int:
    """Where the words of a further number in one clause begin: after the 、 or 和 that divides them."""
    if text[end - 1] in "和及":
        return end
    comma = text.find("、", taken, end)
    return comma + 1 if comma >= 0 else taken


def _clauses(sentence: Passage, setting: _Setting) -> Iterator[Clause]:
    """The clauses of a sentence that are no mere description, each from where the last one's number ended."""
    text = sentence.text
    anchors = _anchors(text)
    ends = [match.start() for match in _CLAUSE_END.finditer(text)]
    taken, follows = 0, False
    for quantity in _found(text):
        opened = max((end + 1 for end in ends if end < quantity.start), default=0)
        closed = next(end for end in ends if end >= quantity.end)
        start = opened
        if taken > opened:
            start = _item_start(text, taken, quantity.start)
        years = [year for at, year in anchors if at < quantity.start]
        dated = bool(years) or setting.term.search(text, 0, quantity.start) is not None
        before, after = text[start : quantity.start], text[quantity.stop : closed]
        clause = Clause(quantity, before, after, start, follows, dated, years[-1] if years else None)
        costs = setting.division.is_box and _COST.search(before) is not None
        if not costs and not describes(clause):
            yield clause
            if not quantity.small:
                taken, follows = quantity.stop, True


def _year(clause: Clause, sentence: str, setting: _Setting) -> int | None:
    """The year by which it is promised; None when the sentence speaks of the years before the plan."""
    if clause.year is not None:
        return clause.year if clause.year >= setting.first_year else None
    if setting.review or PAST.search(sentence) or ABROAD.search(sentence) or setting.earlier.search(sentence):
        return None
    return setting.year


def _period(clause: Clause) -> Period:
    if _YEARLY.search(clause.before):
        return "annual_average"
    return "cumulative" if re.search(r"累计|五年|期间", clause.before) else "level"


def _target(clause: Clause, sentence: Passage, setting: _Setting, text: str, year: int, above: str) -> Target:
    quantity = clause.quantity
    subject, metric = subject_and_metric(clause, sentence.text, setting.lead, above, setting.whole)
    opening = re.match(r"[，、；：和及]*", clause.before)
    start = clause.start + (opening.end() if opening else 0)
    stop = quantity.stop + len(noun_of(clause))
    source_start, source_end = sentence.span(start, stop)
    acted = ACTION_BEFORE.search(clause.before)
    within = "以内" if clause.after.startswith("内") else ""
    close = _CLOSE.search(clause.before)
    verb = clause.verb or (acted.group() if acted else "") or (close.group() if close else "")
    sign = comparator(verb, quantity.after or within)
    return Target(
        key=stable_key("target", setting.division.path[-1] if setting.division.path else "", subject, metric),
        subject=subject,
        metric=metric,
        comparator="<=" if quantity.after == "前" else sign,
        value=quantity.low,
        upper=quantity.high,
        unit=unit_of(quantity, metric + clause.before + clause.after[:12]),
        period=_period(clause),
        target_year=year,
        location=setting.division.location,
        start=source_start,
        end=source_end,
        quote="".join(text[i] for i in sentence.offsets[start:stop] if not text[i].isspace()),
    )


def _of_sentence(sentence: Passage, setting: _Setting, text: str) -> Iterator[Target]:
    above, listed = "", False
    clauses = list(_clauses(sentence, setting))
    names: list[str] = []
    for i, clause in enumerate(clauses):
        year = _year(clause, sentence.text, setting)
        if year is None or not promises(clause, listed):
            continue
        target = _target(clause, sentence, setting, text, year, above)
        above, listed = target.metric, True
        names = names[1:] or respective(target.metric, [other.before for other in clauses[i:]])
        yield _renamed(target, names[0], setting) if names else target


def _renamed(target: Target, metric: str, setting: _Setting) -> Target:
    title = setting.division.path[-1] if setting.division.path else ""
    subject = metric if target.subject in target.metric and "、" in target.subject else target.subject
    return replace(target, subject=subject, metric=metric, key=stable_key("target", title, subject, metric))


def _of_paragraph(passage: Passage, setting: _Setting, text: str) -> Iterator[Target]:
    marker = MARKER.match(passage.text)
    lead = leading_sentence(passage.text[marker.end() :] if marker else passage.text) or ""
    here = replace(setting, lead=lead)
    for sentence in passage.sentences():
        yield from _of_sentence(sentence, here, text)
        later = [year for _, year in _anchors(sentence.text) if year >= setting.last_year]
        if later:
            here = replace(here, year=later[-1])


def read_targets(
    divisions: Sequence[Division],
    text: str,
    years: tuple[int, int],
    whole: str,
) -> tuple[Target, ...]:
    """The targets of all divisions, boxes included; ``whole`` is the word for all of the region (全市)."""
    targets: list[Target] = []
    for division in divisions:
        setting = _setting(division, years, len(text), whole)
        for passage in division.passages():
            targets += _of_paragraph(passage, setting, text)
    return tuple(targets)
