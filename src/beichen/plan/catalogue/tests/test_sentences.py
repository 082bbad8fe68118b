"""Single sentences of three invented plans under the real outline: contradictions and look-alikes.

``plans/sentences.csv`` says of each sentence which finding it must raise, or none: a sentence may differ
from the outline without contradicting it (a district's part of an amount, another metric of a like name).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from beichen.kernel.actor import system
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.plan.catalogue.finding import Category, Finding
from beichen.plan.catalogue.service import check, statements_of
from beichen.plan.importer.reading import read_plan_text
from beichen.plan.models import Plan, PlanKind
from beichen.plan.service import PlanPlace, import_facts, read_plan

pytestmark = pytest.mark.django_db
BY = system("test")
HERE = Path(__file__).parent / "plans"
CHANGCHUN = Path(__file__).resolve().parents[3] / "cities/changchun/plan/source.txt"
TITLES = {
    "shuangyang": "长春市双阳区国民经济和社会发展第十四个五年规划纲要",
    "grain": "长春市“十四五”粮食安全和现代农业发展专项规划",
    "env": "长春市“十四五”生态环境保护和交通发展专项规划",
}
RECALL, PRECISION = 0.95, 0.9
Sentence = tuple[str, str]


def _sentences(name: str) -> list[Sentence]:
    with (HERE / "sentences.csv").open(encoding="utf-8", newline="") as file:
        return [(row["sentence"], row["expected"]) for row in csv.DictReader(file) if row["plan"] == name]


def _text(name: str) -> str:
    body = "\n\n".join(sentence for sentence, _ in _sentences(name))
    opening = f"{TITLES[name]}\n\n第一章 总体要求\n\n第一节 指导思想\n\n坚持稳中求进。"
    return (
        f"{opening}\n\n第二章 主要任务\n\n第一节 重点目标\n\n{body}\n\n第三章 保障实施\n\n各部门抓好落实。\n"
    )


def _findings(name: str, outline: Plan) -> list[Finding]:
    district = name == "shuangyang"
    kind = PlanKind.DEVELOPMENT if district else PlanKind.SPECIAL
    region = Region.objects.get(code="990202" if district else "990200")
    import_facts(
        read_plan_text(_text(name), name), name, by=BY, region=region, place=PlanPlace(kind, outline)
    )
    return check(statements_of(outline), statements_of(Plan.objects.get(key=name), outline))


def _raised(sentence: str, findings: Sequence[Finding]) -> set[Category]:
    return {item.category for item in findings if item.theirs and item.theirs.words.strip("。") in sentence}


def test_contradictions_are_told_from_look_alikes() -> None:
    load_regions(
        [RegionFacts("990200", "长春市", "city"), RegionFacts("990202", "双阳区", "county", "990200")], by=BY
    )
    import_facts(read_plan(CHANGCHUN), "outline", by=BY, region=Region.objects.get(code="990200"))
    outline = Plan.objects.get(key="outline")
    missed, besides, expected, raised = [], [], 0, 0
    for name in TITLES:
        findings = _findings(name, outline)
        for sentence, wanted in _sentences(name):
            found = _raised(sentence, findings)
            expected += bool(wanted)
            raised += bool(found)
            if wanted and wanted not in found:
                missed.append((sentence, wanted, found))
            elif found and not wanted:
                besides.append((sentence, found))
    assert expected == 33
    assert len(missed) <= (1 - RECALL) * expected, missed
    assert len(besides) <= (1 - PRECISION) * raised, besides


def test_a_district_must_carry_every_binding_indicator() -> None:
    load_regions(
        [RegionFacts("990200", "长春市", "city"), RegionFacts("990202", "双阳区", "county", "990200")], by=BY
    )
    import_facts(read_plan(CHANGCHUN), "outline", by=BY, region=Region.objects.get(code="990200"))
    findings = _findings("shuangyang", Plan.objects.get(key="outline"))
    missing = {item.subject for item in findings if item.reason == "binding-missing"}
    assert {"高中阶段教育毛入学率", "能源综合生产能力", "单位GDP能源消耗降低"} <= missing
    assert "森林覆盖率" not in missing
