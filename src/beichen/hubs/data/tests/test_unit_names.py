"""Units are read in English too: every one of the pilot city, and nothing is guessed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from beichen.hubs.data.unit_names import english_unit, unit_name

CITY = Path(__file__).resolve().parents[3] / "cities/changchun"


@pytest.mark.parametrize(
    ("unit", "english"),
    [
        ("%", "%"),
        ("亿元", "× 100 million yuan"),
        ("万亿元", "× trillion yuan"),
        ("微克/立方米", "µg/m³"),
        ("个", ""),
        ("万个", "× 10,000"),
        ("个百分点", "percentage points"),
        ("批次/千人", "batches/1,000 people"),
        ("张/千人", "1/1,000 people"),
        ("", ""),
        ("龘", None),
        ("元/龘", None),
    ],
)
def test_english_is_put_together(unit: str, english: str | None) -> None:
    assert english_unit(unit) == english


def test_every_unit_of_the_pilot_city_is_known() -> None:
    units = set()
    for name in ("indicators.csv", "statistics.csv", "annual-targets.csv"):
        with (CITY / name).open(encoding="utf-8") as file:
            units |= {row["unit"] for row in csv.DictReader(file) if row.get("unit")}
    for name in ("indicators", "targets"):
        units |= {row["unit"] for row in json.loads((CITY / f"plan/{name}.json").read_text()) if row["unit"]}
    assert len(units) > 30
    assert sorted(unit for unit in units if english_unit(unit) is None) == []


def test_a_page_says_the_unit_in_its_language() -> None:
    shown = Template("{% load units %}{{ first|unit }}, {{ second|unit }}")
    values = Context({"first": "亿元", "second": "龘"})
    with translation.override("zh-hans"):
        assert unit_name("亿元") == "亿元"
        assert shown.render(values) == "亿元, 龘"
    with translation.override("en"):
        assert shown.render(values) == '× 100 million yuan, <span lang="zh-Hans">龘</span>'
