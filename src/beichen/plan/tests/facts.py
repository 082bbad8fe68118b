"""A small invented plan: two parts, two indicators, a target, two projects, a body."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from beichen.plan.importer.facts import Body, Indicator, Mention, Node, PlanFacts, Project, Target

TEXT = """星河市国民经济和社会发展第十四个五年规划纲要
第一篇 总体
第一章 目标
到2025年，绿道长度达到80公里。由市园林局牵
头建设。
专栏 1 主要指标
绿道长度（公里） 40 80 预期性
地区生产总值增长（%） 6 预期性
第二篇 工程
专栏 2 重点项目
星河公园工程、北桥工程。
"""


def span(words: str) -> dict[str, int]:
    """Where ``words`` stand in the text."""
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words)}


def node(
    key: str, level: str, number: int, title: str, location: str, heading: str, parent: str = ""
) -> Node:
    at = span(heading)
    return Node(key, level, number, title, location, parent or None, **at, body_end=len(TEXT))


def indicator(number: int, name: str, raw: str, **values: Any) -> Indicator:
    told: dict[str, Any] = {
        "group": "总体",
        "unit": "公里",
        "base_value": 40.0,
        "base_raw": "40",
        "base_year": 2020,
        "target_value": 80.0,
        "target_raw": "80",
        "target_year": 2025,
        "comparator": "=",
        "period": "level",
        "growth_value": None,
        "growth_raw": "",
        "attribute": "expected",
        "parts": (),
        **values,
        **span(raw),
    }
    return Indicator(key=f"i{number}", number=number, name=name, location="专栏1", raw=raw, **told)


def plan_facts(**changes: Any) -> PlanFacts:
    """The invented plan's facts, some of them replaced."""
    body = span("市园林局")
    facts = PlanFacts(
        title="星河市国民经济和社会发展第十四个五年规划纲要",
        start_year=2021,
        end_year=2025,
        source="plan.txt",
        text=TEXT,
        outline=(
            node("n1", "part", 1, "总体", "1", "第一篇 总体"),
            node("n2", "chapter", 1, "目标", "1.1", "第一章 目标", "1"),
            node("b1", "box", 1, "主要指标", "专栏1", "专栏 1 主要指标", "1.1"),
            node("n3", "part", 2, "工程", "2", "第二篇 工程"),
            node("b2", "box", 2, "重点项目", "专栏2", "专栏 2 重点项目", "2"),
        ),
        indicators=(
            indicator(1, "绿道长度", "绿道长度（公里） 40 80 预期性"),
            indicator(
                2,
                "地区生产总值增长",
                "地区生产总值增长（%） 6 预期性",
                unit="%",
                base_value=None,
                base_raw="",
                target_value=6.0,
                target_raw="6",
                comparator="~",
                period="annual_average",
            ),
        ),
        targets=(
            Target(
                "t1",
                "绿道",
                "长度",
                ">=",
                80.0,
                None,
                "公里",
                "level",
                2025,
                "1.1",
                **span("绿道长度达到80公里"),
                quote="绿道长度达到80公里",
            ),
        ),
        projects=(
            Project("p1", "专栏2", "重点项目", "", "星河公园工程", "", "专栏2", **span("星河公园工程")),
            Project("p2", "专栏2", "重点项目", "", "北桥工程", "", "专栏2", **span("北桥工程")),
        ),
        bodies=(Body("o1", "市园林局", "bureau", "1.1", **body, mentions=(Mention("1.1", **body),)),),
        problems=(),
    )
    return replace(facts, **changes)
