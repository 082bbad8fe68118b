"""Texts made to hurt: endless repetition of what the importer looks for, and noise in a real text."""

from __future__ import annotations

import random
from contextlib import suppress
from time import process_time

import pytest

from beichen.plan.importer import PlanFacts, read_plan_text
from beichen.problem import ProblemError

HEAD = "海州市国民经济和社会发展第十四个五年规划纲要\n第一章 总论\n总体。\n第二章 任务\n"
TAIL = "\n第三章 保障\n完。\n"
REPEATED = {
    "brackets": "（",
    "digits": "1",
    "leaders": "第一章.",
    "list numbers": "1、",
    "numerals": "一",
    "quotes": "“",
    "lists": "等",
    "targets": "达到5亿元",
    "rows": "1\t甲\t（%）\t3\t4\t预期性\n",
    "attributes": "预期性 ",
    "headings": "第一章 甲\n",
    "boxes": "专栏1 甲\n甲、乙。\n",
    "names": "建设甲项目、",
    "spaces": " ",
}
SIZE = 60_000
SECONDS = 12.0  # of processor time; a quadratic step takes minutes
NOISE = [
    *(
        "专栏",
        "第",
        "章",
        "节",
        "（一）",
        "1.",
        "——",
        "约束性",
        "预期性",
        "%",
        "\t",
        "|",
        "、",
        "。",
        "：",
        "（",
        "“",
        "》",
    ),
    *("亿元", "达到", "到2025年", "万", "翻一番", "前10位", "①", "等项目", "5-6个", "\x00"),
]


@pytest.mark.parametrize("name", REPEATED)
def test_repetition_costs_no_more_than_its_length(name: str) -> None:
    unit = REPEATED[name]
    start = process_time()
    with suppress(ProblemError):
        read_plan_text(HEAD + unit * (SIZE // len(unit)) + TAIL, name)
    assert process_time() - start < SECONDS


@pytest.mark.parametrize("seed", range(40))
def test_noise_breaks_nothing(seed: int, changchun: PlanFacts) -> None:
    chance = random.Random(seed)
    text = changchun.text
    at = chance.randrange(len(text) - 4000)
    signs = list(text[:300] + text[at : at + 3500])
    for _ in range(chance.randrange(120)):
        place = chance.randrange(len(signs))
        signs[place : place + chance.randrange(6)] = list(chance.choice(NOISE) * chance.randrange(1, 4))
    noisy = "".join(signs)
    with suppress(ProblemError):
        facts = read_plan_text(noisy, "noise")
        for facts_of_kind in (facts.outline, facts.indicators, facts.targets, facts.projects, facts.bodies):
            assert len({fact.key for fact in facts_of_kind}) == len(facts_of_kind)
            assert all(0 <= fact.start <= fact.end <= len(noisy) for fact in facts_of_kind)
