"""Invented plans of other places and shapes: running chapters with contents, lists without chapters."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.plan.importer import PlanFacts, read_plan

PLANS = Path(__file__).parent / "plans"


@pytest.fixture(scope="module")
def haizhou() -> PlanFacts:
    return read_plan(PLANS / "haizhou.txt")


@pytest.fixture(scope="module")
def linjiang() -> PlanFacts:
    return read_plan(PLANS / "linjiang.txt")


def _divisions(facts: PlanFacts) -> list[tuple[str, str, str]]:
    return [(n.level, n.location, n.title) for n in facts.outline if n.level != "task"]


def test_knows_the_plan_and_its_years(haizhou: PlanFacts, linjiang: PlanFacts) -> None:
    assert haizhou.title == "海州市国民经济和社会发展第十四个五年规划和二〇三五年远景目标纲要"
    assert (haizhou.start_year, haizhou.end_year) == (2021, 2025)
    assert (linjiang.start_year, linjiang.end_year) == (2026, 2030)


def test_takes_no_contents_for_the_body(haizhou: PlanFacts) -> None:
    assert _divisions(haizhou) == [
        ("part", "1", "新起点 新征程"),
        ("chapter", "1.1", "发展环境"),
        ("section", "1.1.1", "“十三五”时期发展成就"),
        ("section", "1.1.2", "“十四五”时期面临形势"),
        ("chapter", "1.2", "总体要求和主要目标"),
        ("section", "1.2.1", "指导思想"),
        ("section", "1.2.2", "主要目标"),
        ("box", "专栏1", "海州市“十四五”时期经济社会发展主要指标"),
        ("part", "2", "创新引领 产业强市"),
        ("chapter", "2.3", "建设海洋科技创新高地"),
        ("section", "2.3.1", "强化战略科技力量"),
        ("box", "专栏2", "重大科技创新平台"),
        ("section", "2.3.2", "激发企业创新活力"),
        ("chapter", "2.4", "构建现代产业体系"),
        ("box", "专栏3", "现代产业重点工程"),
        ("part", "3", "保障规划实施"),
        ("chapter", "3.5", "强化规划实施"),
    ]


def test_reads_a_plan_of_lists(linjiang: PlanFacts) -> None:
    assert _divisions(linjiang)[:8] == [
        ("chapter", "1", "发展基础与发展环境"),
        ("section", "1.1", "“十四五”发展成效"),
        ("section", "1.2", "“十五五”发展环境"),
        ("chapter", "2", "总体要求"),
        ("section", "2.1", "指导思想"),
        ("section", "2.2", "主要目标"),
        ("chapter", "3", "重点任务"),
        ("section", "3.1", "做强现代农业"),
    ]
    assert ("item", "3.1.2", "发展特色产业") in _divisions(linjiang)


def test_reads_a_table_of_one_cell_a_line(haizhou: PlanFacts) -> None:
    assert [
        (i.number, i.group, i.name, i.unit, i.base_value, i.target_value, i.comparator, i.period)
        for i in haizhou.indicators
    ] == [
        (1, "经济发展", "地区生产总值增长", "%", 3.0, 7.0, "~", "annual_average"),
        (2, "经济发展", "常住人口城镇化率", "%", 63.6, 68.0, "=", "level"),
        (3, "创新驱动", "研发经费投入增长", "%", None, 12.0, ">", "annual_average"),
        (4, "民生福祉", "居民人均可支配收入增长", "%", 5.1, None, None, "annual_average"),
        (5, "民生福祉", "城镇调查失业率", "%", None, 5.5, "<", "level"),
        (6, "安全保障", "粮食综合生产能力", "万吨", 361.2, 365.0, ">=", "level"),
    ]
    assert [i.attribute for i in haizhou.indicators] == ["expected"] * 5 + ["binding"]


def test_reads_a_table_of_whole_rows(linjiang: PlanFacts) -> None:
    assert [
        (
            i.number,
            i.group,
            i.name,
            i.unit,
            i.base_value,
            i.base_year,
            i.target_value,
            i.target_year,
            i.period,
        )
        for i in linjiang.indicators
    ] == [
        (1, "经济发展", "地区生产总值", "亿元", 186.0, 2025, 260.0, 2030, "level"),
        (2, "经济发展", "规模以上工业增加值增速", "%", 7.1, 2025, 8.0, 2030, "annual_average"),
        (3, "经济发展", "固定资产投资增速", "%", 5.0, 2025, 6.0, 2030, "annual_average"),
        (4, "绿色生态", "单位地区生产总值能耗降低", "%", None, None, 12.0, 2030, "cumulative"),
        (5, "绿色生态", "森林覆盖率", "%", 52.3, 2025, 53.0, 2030, "level"),
        (6, "绿色生态", "细颗粒物（PM2.5）平均浓度", "微克/立方米", 31.0, 2025, 29.0, 2030, "level"),
        (7, "民生福祉", "城镇新增就业人数", "人", 3200.0, 2025, 15000.0, 2030, "cumulative"),
        (8, "民生福祉", "每千人口执业（助理）医师数", "人", 2.9, 2025, 3.5, 2030, "level"),
        (9, "民生福祉", "人均预期寿命", "岁", 78.6, 2025, 80.0, 2030, "level"),
    ]
    assert linjiang.indicators[0].growth_raw == "6.5"


def test_finds_the_targets(haizhou: PlanFacts, linjiang: PlanFacts) -> None:
    assert [(t.location, t.metric, t.value, t.unit, t.target_year) for t in haizhou.targets][:12] == [
        ("1.2.2", "地区生产总值年均增长", 7.0, "%", 2025),
        ("1.2.2", "地区生产总值", 5000.0, "亿元", 2025),
        ("1.2.2", "一般公共预算收入", 380.0, "亿元", 2025),
        ("1.2.2", "全社会研发经费投入强度", 2.8, "%", 2025),
        ("1.2.2", "高新技术企业数量", 1.0, "番", 2025),
        ("1.2.2", "每万人口发明专利拥有量", 18.0, "件", 2025),
        ("1.2.2", "城镇新增就业", 30.0, "万人", 2025),
        ("1.2.2", "劳动年龄人口平均受教育年限", 11.5, "年", 2025),
        ("1.2.2", "人均预期寿命", 79.5, "岁", 2025),
        ("1.2.2", "经济总量", 1.0, "番", 2035),
        ("1.2.2", "全国大中城市排名", 30.0, "位", 2035),
        ("2.3.1", "国家级创新平台", 15.0, "家", 2025),
    ]
    assert len(haizhou.targets) == 22
    assert [(t.metric, t.value) for t in linjiang.targets if t.location == "3.2"] == [
        ("农村公路", 320.0),
        ("通用机场", 1.0),
        ("县城至各乡镇通行时间", 40.0),
    ]
    assert not [t for t in linjiang.targets if t.location.startswith("1")]


def test_finds_the_projects(haizhou: PlanFacts, linjiang: PlanFacts) -> None:
    assert [(p.box, p.group, p.name) for p in haizhou.projects] == [
        ("专栏2", "", "深海装备试验场"),
        ("专栏2", "", "海洋生物医药研究院"),
        ("专栏2", "", "蓝湾超算中心"),
        ("专栏3", "石化基地工程", "蓝湾炼化一体化二期"),
        ("专栏3", "石化基地工程", "盛港新材料"),
        ("专栏3", "石化基地工程", "金源聚碳酸酯"),
        ("专栏3", "港航物流工程", "海州港30万吨级航道二期"),
        ("专栏3", "港航物流工程", "中欧班列集结中心"),
        ("专栏3", "港航物流工程", "连云空港物流园"),
        ("专栏3", "先进制造工程", "海工装备产业园"),
        ("专栏3", "先进制造工程", "风电叶片基地（二期）"),
        ("专栏3", "先进制造工程", "智能传感器产业园"),
    ]
    assert [p.name for p in linjiang.projects if p.group == "水利项目"] == [
        "龙潭水库除险加固工程",
        "清水河综合治理工程",
        "城乡供水一体化（三期）",
    ]


def test_ends_a_box_where_prose_goes_on(haizhou: PlanFacts) -> None:
    text = haizhou.text.replace(
        "第二节 激发企业创新活力\n梯度",
        "强化基础研究。设立市自然科学基金，到2025年基础研究项目达到60项。\n第二节 激发企业创新活力\n梯度",
    )
    from beichen.plan.importer import read_plan_text

    facts = read_plan_text(text, "haizhou")
    assert len(facts.projects) == 12
    added = next(t for t in facts.targets if t.value == 60)
    assert added.location == "2.3.1"
    assert ("task", "强化基础研究") in [(n.level, n.title) for n in facts.outline if n.parent == "2.3.1"]
