"""Giving a city's target to its districts: parts add up, weights are real, what falls short is seen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.plan.years.allotment import balance, divide_by_weights, divide_equally, refuse_short
from beichen.problem import ProblemError

totals = st.decimals(min_value=0, max_value=10**9, places=4)
weights = st.dictionaries(st.text("abcdef", min_size=1), st.decimals("0.001", 10**6, places=3), min_size=1)


@given(totals, weights)
def test_parts_add_up_and_follow_their_weights(total: Decimal, by: dict[str, Decimal]) -> None:
    found = divide_by_weights(total, by)
    assert sum(found.values()) == total
    assert all(value >= 0 for value in found.values())
    whole = sum(by.values())
    assert all(abs(found[name] - total * by[name] / whole) < Decimal("0.00001") for name in by)


@given(totals, st.lists(st.text("abc", min_size=1), unique=True, min_size=1))
def test_equal_parts_of_a_sum_and_the_same_rate(total: Decimal, regions: list[str]) -> None:
    assert sum(divide_equally(total, regions, "sum").values()) == total
    assert set(divide_equally(total, regions, "mean").values()) == {total}


def test_a_district_without_a_weight_is_refused() -> None:
    with pytest.raises(ProblemError, match="PLN-409 no real value for 南关区、宽城区"):
        divide_by_weights(Decimal(10), {"朝阳区": Decimal(1), "南关区": None, "宽城区": Decimal(0)})


def test_the_balance_says_what_is_missing() -> None:
    found = balance(Decimal(100), {"a": Decimal(60), "b": Decimal(30)}, "sum")
    assert (found.difference, found.is_short()) == (Decimal(-10), True)
    assert not found.is_short(better="lower")
    said = refuse_short("绿道", found)
    assert (said.code, said.message) == ("PLN-410", "绿道: the districts lack 10")
    part = balance(Decimal(100), {"a": Decimal(60), "b": None}, "sum")
    assert (part.missing, part.is_short()) == (1, False)


def test_a_mean_is_weighted_where_weights_are_known() -> None:
    parts: dict[str, Decimal | None] = {"a": Decimal(60), "b": Decimal(80)}
    assert balance(Decimal(70), parts, "mean").together == 70
    assert balance(Decimal(70), parts, "mean", {"a": Decimal(3), "b": Decimal(1)}).together == 65
