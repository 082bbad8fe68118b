"""Three invented plans written before the importer was looked at: a city, a district, a special plan.

Their gold lists are ``gold/NAME.json``: headings with the heading above (``*``: any), indicators, targets
(a part of the metric, comparator, value, upper end, unit, year), projects with their group.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from beichen.plan.importer import PlanFacts, read_plan
from beichen.plan.importer.facts import Indicator, Target

HERE = Path(__file__).parent
NAMES = ("qinglan", "yunxi", "lingang")
FOUND, WRONG = 0.95, 0.05


@cache
def _facts(name: str) -> PlanFacts:
    return read_plan(HERE / "plans" / f"{name}.txt")


def _gold(name: str) -> dict[str, list[Any]]:
    gold: dict[str, list[Any]] = json.loads((HERE / "gold" / f"{name}.json").read_text(encoding="utf-8"))
    return gold


@pytest.mark.parametrize("name", NAMES)
def test_years(name: str) -> None:
    base, last = _gold(name)["years"]
    assert (_facts(name).start_year, _facts(name).end_year) == (base + 1, last)


@pytest.mark.parametrize("name", NAMES)
def test_headings_stand_where_they_belong(name: str) -> None:
    nodes = {node.location: node for node in _facts(name).outline}
    above = {
        (nodes[node.parent].title if node.parent in nodes else "", node.title) for node in nodes.values()
    }
    titles = {title for _, title in above}
    missing = [
        (parent, title)
        for parent, title in _gold(name)["outline"]
        if (title not in titles if parent == "*" else (parent, title) not in above)
    ]
    assert missing == []


def _as_gold(item: Indicator) -> list[object]:
    return [
        item.number, item.group, item.name, item.unit, item.base_value, item.base_year, item.target_value,
        item.target_year, item.comparator or "", item.attribute,
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_indicators_are_exact(name: str) -> None:
    assert [_as_gold(item) for item in _facts(name).indicators] == _gold(name)["indicators"]


def _matches(target: Target, gold: list[Any]) -> bool:
    metric, sign, value, upper, unit, year = gold
    said = (target.value, target.upper, target.unit, target.target_year)
    return said == (value, upper, unit, year) and metric in target.metric and sign in ("", target.comparator)


@pytest.mark.parametrize("name", NAMES)
def test_targets(name: str) -> None:
    gold, left, missed = _gold(name)["targets"], list(_facts(name).targets), []
    for wanted in gold:
        found = next((target for target in left if _matches(target, wanted)), None)
        if found is None:
            missed.append(wanted)
        else:
            left.remove(found)
    assert len(missed) <= (1 - FOUND) * len(gold), missed
    assert len(left) <= WRONG * len(_facts(name).targets), [target.quote for target in left]


@pytest.mark.parametrize("name", NAMES)
def test_projects_stand_in_their_groups(name: str) -> None:
    found = {(item.group, item.name) for item in _facts(name).projects}
    assert found == {(group, title) for group, title in _gold(name)["projects"]}
