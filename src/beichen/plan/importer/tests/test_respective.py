"""Several numbers under one 「分别」: each gets its own metric, and none when the counts differ."""

from __future__ import annotations

import pytest

from beichen.plan.importer.reading import read_plan_text

_PLAN = """某市国民经济和社会发展第十四个五年规划纲要
第一章 目标
第一节 发展
{}
第二章 保障实施
第一节 落实
抓好落实。
"""


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "到2025年，固定资产投资、社会消费品零售总额年均分别增长8%、6.5%。",
            [("固定资产投资年均增长", 8), ("社会消费品零售总额年均增长", 6.5)],
        ),
        (
            "装备制造、绿色食品产业产值分别达到800亿元、500亿元。",
            [("装备制造产值", 800), ("绿色食品产业产值", 500)],
        ),
        (
            "城镇、农村居民人均可支配收入年均分别增长6%和7%，培育企业30家。",
            [("城镇居民人均可支配收入年均增长", 6), ("农村居民人均可支配收入年均增长", 7), ("企业", 30)],
        ),
        ("森林覆盖率和湿地保护率分别达到45%和60%。", [("森林覆盖率", 45), ("湿地保护率", 60)]),
        ("服务业占比分别达到50%。", [("服务业占比", 50)]),
        (
            "研发投入强度达到2.6%，较2020年提高0.5个百分点。",
            [("研发投入强度", 2.6), ("研发投入强度提高", 0.5)],
        ),
        ("污水治理率由2022年的31%提高到55%。", [("污水治理率", 55)]),
        ("农田灌溉水有效利用系数提高到0.6。", [("农田灌溉水有效利用系数", 0.6)]),
        ("城区防洪标准达到100年一遇。", [("城区防洪标准", 100)]),
    ],
)
def test_each_number_has_its_metric(sentence: str, wanted: list[tuple[str, float]]) -> None:
    targets = read_plan_text(_PLAN.format(sentence), "sentence").targets
    assert [(target.metric, target.value) for target in targets] == wanted


def test_about_without_a_verb() -> None:
    [target] = read_plan_text(_PLAN.format("到2025年，规划总投资约210亿元。"), "sentence").targets
    assert target.comparator == "~"
