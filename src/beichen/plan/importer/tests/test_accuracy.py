"""Recall and wrong share of targets and projects on the real plan, against hand-checked lists.

``gold/`` was made by reading the whole text. A target marked ``sure: no`` is one on which careful readers
differ (a size in a name, a count of an enumeration): it counts neither as missed nor as wrong.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from beichen.plan.importer import PlanFacts, read_plan_text
from beichen.plan.importer.folding import fold

GOLD = Path(__file__).parent / "gold"
RECALL, WRONG = 0.98, 0.02

_PLAN = """海州市国民经济和社会发展第十四个五年规划纲要
第一章 总论
总体安排如下。
第二章 任务
第一节 目标
{}
第三章 规划实施
完。
"""


def _rows(name: str) -> list[dict[str, str]]:
    with (GOLD / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _plain(text: str) -> str:
    """The words of a span: folded, without spaces and without page numbers in the middle."""
    lines = [line.strip() for line in fold(text).splitlines()]
    middle = [line for line in lines[1:-1] if not line.isdigit()]
    kept = [lines[0], *middle, lines[-1]] if len(lines) > 1 else lines
    return "".join("".join(kept).split())


def test_finds_the_targets_of_the_prose(changchun: PlanFacts) -> None:
    gold = _rows("targets.csv")
    found = Counter(
        (t.location, f"{t.value:g}", f"{t.upper:g}" if t.upper else "", t.unit) for t in changchun.targets
    )
    sure = Counter((r["location"], r["value"], r["upper"], r["unit"]) for r in gold if r["sure"] == "yes")
    known = Counter((r["location"], r["value"], r["upper"], r["unit"]) for r in gold)
    assert sure.total() == 150
    assert (sure & found).total() / sure.total() >= RECALL
    assert (found - known).total() / found.total() <= WRONG


def test_names_metric_and_comparator_of_the_targets(changchun: PlanFacts) -> None:
    gold = {(r["location"], r["quote"]): r for r in _rows("targets.csv")}
    right = [
        target
        for target in changchun.targets
        if (row := gold.get((target.location, target.quote)))
        and (target.metric, target.comparator) == (row["metric"], row["comparator"])
    ]
    assert len(right) / len(changchun.targets) >= RECALL


def test_finds_the_projects_of_the_boxes(changchun: PlanFacts) -> None:
    gold = Counter((r["box"], r["group"], r["name"]) for r in _rows("projects.csv"))
    found = Counter((p.box, p.group, p.name) for p in changchun.projects)
    assert gold.total() == 309
    assert (gold & found).total() / gold.total() >= RECALL
    assert (found - gold).total() / found.total() <= WRONG


def test_describes_the_projects_that_the_plan_describes(changchun: PlanFacts) -> None:
    gold = {(r["box"], r["group"], r["name"]): r["described"] == "yes" for r in _rows("projects.csv")}
    for project in changchun.projects:
        assert bool(project.description) is gold[project.box, project.group, project.name]


def test_finds_every_division(changchun: PlanFacts) -> None:
    gold = [(r["location"], r["level"], r["title"]) for r in _rows("outline.csv")]
    found = [(n.location, n.level, n.title) for n in changchun.outline if n.level != "task"]
    assert found == gold


def test_reads_sentences_of_other_plans() -> None:
    """Sentences as plans write them, with the quantities that each promises; none for mere numbers."""
    promised = missed = wrong = given = 0
    for line in (GOLD / "sentences.txt").read_text(encoding="utf-8").splitlines():
        sentence, _, expected = line.partition(" =>")
        wanted = Counter(quantity for quantity in expected.strip().split(";") if quantity)
        facts = read_plan_text(_PLAN.format(sentence), "sentence")
        found = Counter(f"{target.value:g}{target.unit}" for target in facts.targets)
        promised += wanted.total()
        given += found.total()
        missed += (wanted - found).total()
        wrong += (found - wanted).total()
    assert promised == 70
    assert missed / promised <= 1 - RECALL
    assert wrong / given <= WRONG


def test_takes_no_result_of_the_years_before_for_a_target(changchun: PlanFacts) -> None:
    assert not [target for target in changchun.targets if target.location.startswith(("1.1", "0"))]


def test_every_fact_stands_where_it_says(changchun: PlanFacts) -> None:
    text = changchun.text
    for target in changchun.targets:
        assert _plain(target.quote) in _plain(text[target.start : target.end])
        assert f"{target.value:g}" in target.quote.replace(",", "") or target.unit[0] in "万亿番"
    for project in changchun.projects:
        assert _plain(project.name) in _plain(text[project.start : project.end])
    for body in changchun.bodies:
        assert body.mentions[0].start == body.start
        for mention in body.mentions:
            assert body.name in _plain(text[mention.start : mention.end])


def test_names_the_bodies_that_the_plan_speaks_of_most(changchun: PlanFacts) -> None:
    mentions = {body.name: len(body.mentions) for body in changchun.bodies}
    for name in (
        "一汽集团",
        "吉林大学",
        "长春新区",
        "中韩（长春）国际合作示范区",
        "中车长客",
        "市政府",
        "净月高新区",
    ):
        assert mentions[name] >= 3
    assert not [name for name in mentions if name.startswith(("支持", "推动", "依托", "以"))]


def test_keys_are_distinct(changchun: PlanFacts) -> None:
    for facts in (
        changchun.outline,
        changchun.indicators,
        changchun.targets,
        changchun.projects,
        changchun.bodies,
    ):
        keys = [fact.key for fact in facts]
        assert len(set(keys)) == len(keys)
