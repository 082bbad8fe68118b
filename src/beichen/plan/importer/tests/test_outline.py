"""The tree of the real plan: 17 parts, 64 chapters, 198 sections, 15 boxes."""

from __future__ import annotations

from collections import Counter

from beichen.plan.importer import PlanFacts


def test_counts_every_division(changchun: PlanFacts) -> None:
    levels = Counter(node.level for node in changchun.outline)
    assert {level: levels[level] for level in ("part", "chapter", "section", "box")} == {
        "part": 17,
        "chapter": 64,
        "section": 198,
        "box": 15,
    }


def test_numbers_divisions_as_the_plan_does(changchun: PlanFacts) -> None:
    nodes = {node.location: node for node in changchun.outline}
    assert nodes["10.2.1"].title == "建设城市智能体"
    assert nodes["17"].title == "加强规划实施保障"
    assert nodes["专栏14"].title == "生态建设重点项目"
    assert nodes["专栏14"].parent == "14.3.3"
    assert nodes["1.4"].parent == "1"


def test_finds_the_tasks_of_a_section(changchun: PlanFacts) -> None:
    tasks = [node.title for node in changchun.outline if node.parent == "10.2.1"]
    assert tasks == ["科学布局系统构架", "统筹基础设施和基础能力建设", "推动重点领域应用场景建设"]


def test_places_every_heading_in_the_source(changchun: PlanFacts) -> None:
    for node in changchun.outline:
        printed = "".join(changchun.text[node.start : node.end].split())
        assert "".join(node.title.split()) in printed
        assert node.start < node.end <= node.body_end


def test_gives_every_node_a_location_and_key_of_its_own(changchun: PlanFacts) -> None:
    locations = [node.location for node in changchun.outline]
    assert len(set(locations)) == len(locations)
    known = set(locations)
    assert all(node.parent is None or node.parent in known for node in changchun.outline)
