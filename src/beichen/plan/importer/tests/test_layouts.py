"""Another layout of the same plan gives the same facts; a changed number changes one fact."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.plan.importer import PlanFacts, read_plan_text
from beichen.plan.importer.folding import fold
from beichen.plan.importer.tests.conftest import PLAN
from beichen.plan.importer.tests.layouts import WIDE, wrap
from beichen.problem import ProblemError

SLOW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@cache
def _source() -> str:
    return (PLAN / "source.txt").read_text(encoding="utf-8")


@cache
def _facts() -> PlanFacts:
    return read_plan_text(_source(), "source")


def _targets(facts: PlanFacts) -> Counter[Any]:
    return Counter((t.location, t.value, t.upper, t.unit, t.comparator) for t in facts.targets)


def _projects(facts: PlanFacts) -> Counter[Any]:
    return Counter((p.box, p.name) for p in facts.projects)


def _divisions(facts: PlanFacts) -> list[tuple[str, str, str]]:
    return [(n.level, n.location, n.title) for n in facts.outline if n.level != "task"]


def _table(facts: PlanFacts) -> list[tuple[Any, ...]]:
    return [(i.number, i.name, i.unit, i.base_value, i.target_value, i.comparator) for i in facts.indicators]


def _alike(facts: PlanFacts, share: float = 0.97) -> None:
    """The tree and the table are the same; targets and projects nearly all."""
    expected = _facts()
    assert _divisions(facts) == _divisions(expected)
    assert _table(facts) == _table(expected)
    for found, wanted in ((_targets(facts), _targets(expected)), (_projects(facts), _projects(expected))):
        assert (found & wanted).total() >= share * wanted.total()
        assert (found & wanted).total() >= share * found.total()


@SLOW
@given(
    width=st.integers(min_value=22, max_value=60),
    blank=st.booleans(),
    page_every=st.integers(min_value=17, max_value=40),
    page=st.sampled_from(["— {} —", "-{}-", "{}", "第{}页", "- {} -"]),
)
def test_wrapped_anew(width: int, blank: bool, page_every: int, page: str) -> None:
    _alike(read_plan_text(wrap(_source(), width, blank=blank, page_every=page_every, page=page), "wrapped"))


def test_one_paragraph_a_line() -> None:
    _alike(read_plan_text(wrap(_source(), 100_000), "unwrapped"))


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\u2028"])
def test_other_line_ends(line_end: str) -> None:
    _alike(read_plan_text(_source().replace("\n", line_end), "line ends"), 1)


def test_full_width_digits_and_letters() -> None:
    _alike(read_plan_text(_source().translate(WIDE), "wide"), 1)


def test_half_width_punctuation() -> None:
    changed = _source().translate(str.maketrans("（），；：", "(),;:"))
    _alike(read_plan_text(changed, "half-width"), 1)


def test_no_blank_lines() -> None:
    _alike(read_plan_text(re.sub(r"\n+", "\n", _source()), "dense"), 1)


def test_other_numerals_in_headings() -> None:
    def arabic(match: re.Match[str]) -> str:
        tens, _, ones = match.group(1).rpartition("十")
        digits = "零一二三四五六七八九"
        value = (10 * (digits.index(tens) if tens else 1) if "十" in match.group(1) else 0) + (
            digits.index(ones) if ones else 0
        )
        return f"第{value}{match.group(2)} "

    changed = re.sub(r"(?m)^ *第([一二三四五六七八九十]{1,3})([篇章节]) ", arabic, _source())
    _alike(read_plan_text(changed, "arabic"), 1)


@SLOW
@given(data=st.data())
def test_a_changed_number_changes_one_target(data: st.DataObject) -> None:
    facts = _facts()
    plain = [
        t for t in facts.targets if t.upper is None and re.search(r"\d", t.quote) and t.value.is_integer()
    ]
    target = data.draw(st.sampled_from([t for t in plain if t.value >= 10 and f"{t.value:g}" in t.quote]))
    value = data.draw(st.integers(min_value=11, max_value=9_999).filter(lambda v: not 1900 < v < 2100))
    old = f"{target.value:g}"
    at = fold(facts.text).index(old, target.start, target.end)
    changed = facts.text[:at] + str(value) + facts.text[at + len(old) :]
    again = read_plan_text(changed, "changed")
    gone, new = _targets(facts) - _targets(again), _targets(again) - _targets(facts)
    if str(value) == old:
        assert not gone
        return
    wanted = (target.location, float(value), None, target.unit, target.comparator)
    assert new == Counter([wanted])
    assert gone == Counter([(target.location, target.value, None, target.unit, target.comparator)])
    assert {t.key for t in again.targets} == {t.key for t in facts.targets}
    assert _table(again) == _table(facts)


@SLOW
@given(chapter=st.sampled_from(["3.4", "7.2", "9.3", "11.3", "13.2", "14.2", "15.3"]))
def test_a_removed_chapter_takes_its_facts_and_no_others(chapter: str) -> None:
    facts = _facts()
    node = next(n for n in facts.outline if n.location == chapter)
    again = read_plan_text(facts.text[: node.start] + facts.text[node.body_end :], "shortened")
    inside = (chapter, f"{chapter}.")
    kept = [d for d in _divisions(facts) if d[1] != chapter and not d[1].startswith(inside[1])]
    boxes = {n.location for n in facts.outline if n.level == "box" and (n.parent or "").startswith(inside[1])}
    assert [d for d in _divisions(again) if d[0] != "box"] == [d for d in kept if d[0] != "box"]
    wanted = Counter({k: n for k, n in _targets(facts).items() if not f"{k[0]}.".startswith(inside[1])})
    assert {k: n for k, n in (_targets(again) - wanted).items() if not k[0].startswith("专栏")} == {}
    assert wanted - _targets(again) == Counter()
    assert {p.name for p in facts.projects if p.box not in boxes} <= {p.name for p in again.projects}
    following = [n for n in facts.outline if n.level == "chapter" and n.start >= node.body_end]
    jumps = following and following[0].parent == node.parent
    assert any(problem.code == "PLN-120" for problem in again.problems) is bool(jumps)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ProblemError):
        assert read_plan_text(text, "any").text == text


@SLOW
@given(cut=st.integers(min_value=3_000, max_value=110_000))
def test_a_text_cut_anywhere_is_read_without_a_crash(cut: int) -> None:
    facts = read_plan_text(_source()[:cut], "cut")
    assert any(problem.code in ("PLN-108", "PLN-130") for problem in facts.problems)


def test_cost_grows_with_the_length_only() -> None:
    from time import process_time

    body = _source()[_source().index("第二篇") :]
    short, long = _source() + body, _source() + body * 5
    times = []
    for text in (short, long):
        start = process_time()
        read_plan_text(text, "long")
        times.append(process_time() - start)
    assert times[1] / times[0] < 2.5 * len(long) / len(short)
