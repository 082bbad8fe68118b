"""The indicator table of the real plan, row by row against the hand-checked gold standard."""

from __future__ import annotations

import csv
from pathlib import Path

from beichen.plan.importer import PlanFacts

GOLD = Path(__file__).parent / "gold"


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_reads_twenty_of_twenty_exactly(changchun: PlanFacts) -> None:
    with (GOLD / "indicators.csv").open(encoding="utf-8") as file:
        gold = list(csv.DictReader(file))
    assert len(gold) == len(changchun.indicators) == 20
    for row, indicator in zip(gold, changchun.indicators, strict=True):
        assert (
            indicator.number,
            indicator.group,
            indicator.name,
            indicator.unit,
            indicator.base_value,
            indicator.base_year,
            indicator.target_value,
            indicator.target_raw,
            indicator.comparator or "",
            indicator.period,
            indicator.attribute,
        ) == (
            int(row["number"]),
            row["group"],
            row["name"],
            row["unit"],
            _number(row["base_value"]),
            int(row["base_year"]) if row["base_year"] else None,
            _number(row["target_value"]),
            row["target_raw"],
            row["comparator"],
            row["period"],
            row["attribute"],
        )
        assert indicator.target_year == 2025
        assert indicator.location == "专栏1"


def test_keeps_the_lines_of_an_indicator_that_has_two(changchun: PlanFacts) -> None:
    incomes = changchun.indicators[6]
    assert [(part.name, part.base_value) for part in incomes.parts] == [
        ("城镇居民人均可支配收入增长率", 5.7),
        ("农村居民人均可支配收入增长率", 7.6),
    ]
    assert {part.target_raw for part in incomes.parts} == {"与GDP增长基本保持同步"}


def test_places_every_row_in_the_source(changchun: PlanFacts) -> None:
    for indicator in changchun.indicators:
        printed = "".join(changchun.text[indicator.start : indicator.end].split())
        assert indicator.name.split("、")[0] in printed
        assert printed.endswith(("预期性", "约束性"))
