"""Contradictions and comparisons as pure functions."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from beichen.plan.adjustments.contradictions import Proposed, contradictions, is_eased
from beichen.plan.adjustments.versions import compare

FOREST: dict[str, Any] = {
    "name": "森林覆盖率", "comparator": "=", "target_value": 36.0, "base_value": 35.0, "period": "level",
    "attribute": "binding", "target_year": 2025, "parts": [],
}  # fmt: skip
YEARS = (2021, 2025)


def _codes(item: Proposed, **values: Any) -> list[str]:
    facts = {("indicators", "a"): {**FOREST, **values}}
    return [problem.code for problem in contradictions([item], facts, YEARS)]


@given(st.floats(0, 200), st.booleans())
def test_a_binding_target_is_only_eased_with_a_justification(new: float, is_justified: bool) -> None:
    said = "上级下达" if is_justified else ""
    codes = _codes(Proposed("indicators", "a", "target_value", new, "x", said))
    assert ("PLN-807" in codes) == (new < 36 and not is_justified)
    assert ("PLN-806" in codes) == (new < 35 and not is_justified)


@given(st.integers(1990, 2060))
def test_years_lie_within_the_plan(year: int) -> None:
    codes = _codes(Proposed("indicators", "a", "target_year", year, "x", "y"))
    assert ("PLN-805" in codes) == (not 2021 <= year <= 2025)


def test_less_may_be_better() -> None:
    jobless = {"name": "城镇调查失业率", "comparator": "<=", "target_value": 6.0}
    assert is_eased(jobless, "target_value", 6.5)
    assert not is_eased(jobless, "target_value", 5.5)
    assert is_eased({**FOREST}, "target_value", 35.5)
    assert not is_eased({**FOREST}, "target_value", 35.5, lower=True)


def test_an_indicator_of_several_lines_is_not_adjusted_by_one_number() -> None:
    item = Proposed("indicators", "a", "target_value", 40.0, "x")
    assert "PLN-801" in _codes(item, parts=[{"name": "城镇"}])


_VALUES = st.dictionaries(st.sampled_from(["name", "value", "target_year"]), st.integers(0, 3), min_size=1)
_FACTS = st.fixed_dictionaries({"targets": st.dictionaries(st.sampled_from("abcd"), _VALUES)})


@given(_FACTS)
def test_a_version_does_not_differ_from_itself(facts: Any) -> None:
    assert compare(facts, facts) == []


@given(_FACTS, _FACTS)
def test_a_comparison_names_every_fact_that_only_one_has(one: Any, other: Any) -> None:
    alone = {item.key for item in compare(one, other) if not item.field}
    assert alone == set(one["targets"]) ^ set(other["targets"])
