"""Dividing a target into years: what holds for every number, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.plan.years.decomposition import Aim, Nature, derive, divide, order_of
from beichen.problem import ProblemError

AIM = Aim(Nature.LINEAR, 2021, 2025, 2020, Decimal(470), Decimal(520))
numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
positive = st.decimals(min_value=Decimal("0.0001"), max_value=10**9, places=4)
first_years = st.integers(2000, 2040)
lengths = st.integers(1, 10)


def is_monotone(values: list[Decimal]) -> bool:
    rising = all(a <= b for a, b in pairwise(values))
    return rising or all(a >= b for a, b in pairwise(values))


@given(numbers, numbers, first_years, lengths, st.integers(1, 3))
def test_a_line_ends_at_the_target_and_goes_one_way(
    base: Decimal, target: Decimal, first: int, length: int, before: int
) -> None:
    aim = Aim(Nature.LINEAR, first, first + length - 1, first - before, base, target)
    found = divide(aim)
    assert list(found) == list(aim.years)
    assert found[aim.last_year] == target
    assert is_monotone([base, *found.values()])


@given(positive, positive, first_years, lengths)
def test_growth_ends_at_the_target_and_goes_one_way(
    base: Decimal, target: Decimal, first: int, length: int
) -> None:
    found = divide(Aim(Nature.COMPOUND, first, first + length - 1, first - 1, base, target))
    assert found[first + length - 1] == target
    assert is_monotone([base, *found.values()])


@given(numbers, first_years, st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=10))
def test_parts_add_up_to_the_sum(target: Decimal, first: int, shares: list[Decimal]) -> None:
    last = first + len(shares) - 1
    aim = Aim(Nature.CUMULATIVE, first, last, first - 1, None, target, tuple(shares))
    if not sum(shares):
        with pytest.raises(ProblemError, match="PLN-405"):
            divide(aim)
        return
    found = divide(aim)
    assert sum(found.values()) == target
    assert all(value * target >= 0 for value in found.values()), "no year takes back"


@given(numbers, st.none() | numbers, first_years, lengths)
def test_what_is_kept_is_never_below(target: Decimal, base: Decimal | None, first: int, length: int) -> None:
    found = divide(Aim(Nature.KEEP, first, first + length - 1, first - 1, base, target))
    assert set(found.values()) == {target}


@given(numbers, numbers, st.sets(st.integers(2021, 2025), max_size=5))
def test_steps_end_at_the_target_and_rise_only_in_their_years(
    base: Decimal, target: Decimal, steps: set[int]
) -> None:
    aim = Aim(Nature.STEP, 2021, 2025, 2020, base, target, steps=tuple(steps))
    found = divide(aim)
    assert found[2025] == target
    assert is_monotone([base, *found.values()])
    levels = {2020: base, **found}
    moved = {year for year in aim.years if levels[year] != levels[year - 1]}
    assert moved <= (steps or {2025})


@given(st.dictionaries(st.integers(2021, 2025), numbers), st.decimals(-100, 100, places=2))
def test_a_derived_target_follows_its_source(source: dict[int, Decimal], factor: Decimal) -> None:
    assert derive(source, factor) == {year: value * factor for year, value in source.items()}


def test_known_courses() -> None:
    assert [float(value) for value in divide(AIM).values()] == [480, 490, 500, 510, 520]
    growth = divide(replace(AIM, nature=Nature.COMPOUND, base=Decimal(100), target=Decimal("161.051")))
    assert [float(value) for value in growth.values()] == pytest.approx([110, 121, 133.1, 146.41, 161.051])
    step = divide(replace(AIM, nature=Nature.STEP, base=None))
    assert step == {2025: Decimal(520)}, "nothing is known before a step without a base"


@pytest.mark.parametrize(
    ("aim", "code"),
    [
        (replace(AIM, target=None), "PLN-408"),
        (replace(AIM, base=None), "PLN-401"),
        (replace(AIM, nature=Nature.COMPOUND, base=Decimal(-3)), "PLN-402"),
        (replace(AIM, nature=Nature.COMPOUND, target=Decimal(0)), "PLN-402"),
        (replace(AIM, last_year=2020), "PLN-403"),
        (replace(AIM, base_year=2025), "PLN-403"),
        (replace(AIM, nature=Nature.STEP, steps=(2019, 2026)), "PLN-404"),
        (replace(AIM, nature=Nature.STEP, base=None, steps=(2022, 2025)), "PLN-401"),
        (replace(AIM, nature=Nature.CUMULATIVE, shares=(Decimal(1),)), "PLN-405"),
        (replace(AIM, nature=Nature.CUMULATIVE, shares=(Decimal(-1), *[Decimal(1)] * 4)), "PLN-405"),
        (replace(AIM, nature=Nature.DERIVED), "PLN-407"),
    ],
)
def test_what_cannot_be_divided_is_refused(aim: Aim, code: str) -> None:
    with pytest.raises(ProblemError, match=code):
        divide(aim)


def test_a_source_stands_before_what_is_derived_from_it() -> None:
    assert order_of({"a": "b", "b": "c", "c": "", "d": "b"}) == ["c", "b", "a", "d"]


def test_a_circle_is_written_out_with_every_other_mistake() -> None:
    with pytest.raises(ProblemError) as caught:
        order_of({"3": "5", "5": "3", "7": "7", "8": "99", "9": "3"})
    assert [(item.code, item.message) for item in caught.value.problems] == [
        ("PLN-406", "3 → 5 → 3"),
        ("PLN-406", "7 → 7"),
        ("PLN-407", "8 is derived from 99, which is not there"),
    ]
