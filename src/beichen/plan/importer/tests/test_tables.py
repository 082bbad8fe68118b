"""The real indicator table in the shapes that files give it: cells, rows, tabs, bars, lost numbers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from beichen.plan.importer import PlanFacts, read_plan_text
from beichen.plan.importer.facts import Indicator, IndicatorPart

HEADS = ["序号", "类别", "指标", "2020年", "2025年", "年均增长/累计", "属性"]
Rows = list[list[str]]


def _rows(facts: PlanFacts) -> Rows:
    """The table as rows of cells; a group stands in its first row, with its count."""
    counts = {
        group: sum(i.group == group for i in facts.indicators)
        for group in {i.group for i in facts.indicators}
    }
    rows: Rows = []
    group = ""
    for indicator in facts.indicators:
        named = f"{indicator.group}（{counts[indicator.group]}个）" if indicator.group != group else ""
        group = indicator.group
        attribute = "约束性" if indicator.attribute == "binding" else "预期性"
        lines: tuple[Indicator | IndicatorPart, ...] = indicator.parts or (indicator,)
        for i, line in enumerate(lines):
            level, growth = (
                ("-", line.target_raw) if indicator.period == "annual_average" else (line.target_raw, "-")
            )
            number, label = (str(indicator.number), named) if i == 0 else ("", "")
            name = f"{line.name}（{indicator.unit}）"
            rows.append([number, label, name, line.base_raw, level, growth, attribute])
    return rows


def _with_table(facts: PlanFacts, table: str) -> str:
    start, end = facts.text.index("序号 类 别"), facts.text.index("注：①指标体系")
    return f"{facts.text[:start]}{table}\n{facts.text[end:]}"


def _found(facts: PlanFacts) -> list[tuple[Any, ...]]:
    return [
        (
            i.number,
            i.group,
            i.name,
            i.unit,
            i.base_value,
            i.base_year,
            i.target_value,
            i.comparator,
            i.period,
            i.attribute,
        )
        for i in facts.indicators
    ]


def _lines(rows: Rows, between: str) -> str:
    return "\n".join(between.join(cell for cell in row if cell) for row in rows)


def _unit_column(rows: Rows) -> Rows:
    split = [(row, re.fullmatch(r"(.*)（([^（）]*)）", row[2])) for row in rows]
    return [[*row[:2], match.group(1), match.group(2), *row[3:]] for row, match in split if match]


def _without_counts(rows: Rows) -> Rows:
    return [[row[0], re.sub("（.个）", "", row[1]), *row[2:]] for row in rows]


def _numbers_lost(rows: Rows) -> Rows:
    return [["" if row[0] in ("5", "9", "15") else row[0], *row[1:]] for row in rows]


def _page_within(rows: Rows) -> str:
    return f"{_lines(rows[:8], chr(10))}\n15\n{_lines(rows[8:], chr(10))}"


SHAPES = {
    "cells": lambda rows: _lines([HEADS, *rows], "\n"),
    "rows": lambda rows: _lines([HEADS, *rows], " "),
    "wide rows": lambda rows: _lines([HEADS, *rows], "   "),
    "tabs": lambda rows: "\n".join("\t".join(row) for row in [HEADS, *rows]),
    "bars": lambda rows: "\n".join(f"|{'|'.join(row)}|" for row in [HEADS, ["---"] * 7, *rows]),
    "cells without counts": lambda rows: _lines([HEADS, *_without_counts(rows)], "\n"),
    "rows without counts": lambda rows: _lines([HEADS, *_without_counts(rows)], " "),
    "group first": lambda rows: _lines([HEADS, *([row[1], row[0], *row[2:]] for row in rows)], "\n"),
    "numbers lost, rows": lambda rows: _lines([HEADS, *_numbers_lost(rows)], " "),
    "numbers lost, cells": lambda rows: _lines([HEADS, *_numbers_lost(rows)], "\n"),
    "unit column, rows": lambda rows: _lines([[*HEADS[:3], "单位", *HEADS[3:]], *_unit_column(rows)], " "),
    "unit column, cells": lambda rows: _lines([[*HEADS[:3], "单位", *HEADS[3:]], *_unit_column(rows)], "\n"),
    "page number within": lambda rows: f"{_lines([HEADS], chr(10))}\n{_page_within(rows)}",
    "short attributes": lambda rows: (
        _lines([HEADS, *rows], " ").replace("约束性", "约束").replace("预期性", "预期")
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_reads_the_table_in_every_shape(shape: str, changchun: PlanFacts) -> None:
    table = SHAPES[shape](_rows(changchun))
    facts = read_plan_text(_with_table(changchun, table), "table")
    assert _found(facts) == _found(changchun)


def test_reads_a_changed_and_an_added_row(changchun: PlanFacts) -> None:
    text = changchun.text.replace("470 520", "471 530").replace(
        "注：①指标体系", "21 新增测试指标（家） 100 ≥200 - 约束性\n注：①指标体系"
    )
    facts = read_plan_text(text, "table")
    assert len(facts.indicators) == 21
    assert (facts.indicators[10].base_value, facts.indicators[10].target_value) == (471, 530)
    added = facts.indicators[20]
    assert (added.name, added.unit, added.target_value, added.comparator) == ("新增测试指标", "家", 200, ">=")
    assert added.target_raw == "≥200"
    assert [p.code for p in facts.problems if p.level == "warning"] == ["PLN-125"]


def test_leaves_out_a_header_that_is_repeated_on_the_next_page(changchun: PlanFacts) -> None:
    text = changchun.text.replace(
        "8 城镇调查失业率", "15\n\n序号 类 别 指 标 2020年 2025年 年均增长\n8 城镇调查失业率"
    )
    assert _found(read_plan_text(text, "table")) == _found(changchun)


def test_finds_a_table_without_a_title(changchun: PlanFacts) -> None:
    title = " 专栏 1 “十四五”时期经济社会发展主要指标"
    assert title in changchun.text
    found = read_plan_text(changchun.text.replace(title, ""), "table")
    assert [i.name for i in found.indicators] == [i.name for i in changchun.indicators]
    before = [t.quote for t in changchun.targets if t.location == "1.3.2"]
    assert [t.quote for t in found.targets if t.location == "1.3.2"] == before
