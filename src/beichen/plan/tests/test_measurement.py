"""The judgement of real values against a goal: examples, and what holds for every goal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from beichen.plan.measurement import Direction, Goal, Period, Point, measure, path_value
from beichen.web.status import Status

LEVEL = Goal("level", "higher", ">=", False, 2021, 2025, 2020, 40.0, 80.0)
GROWTH = Goal("annual_average", "higher", "~", False, 2021, 2025, 2020, None, 6.5)
SUM = Goal("cumulative", "higher", ">=", False, 2021, 2025, 2020, None, 500.0)
RANK = [Status.MISSED, Status.BEHIND, Status.ON_COURSE, Status.AHEAD]


@pytest.mark.parametrize(
    ("goal", "points", "status", "reason"),
    [
        (LEVEL, [(2022, 56)], Status.ON_COURSE, "path"),
        (LEVEL, [(2022, 54.1)], Status.ON_COURSE, "path"),
        (LEVEL, [(2022, 53.9)], Status.BEHIND, "path"),
        (replace(LEVEL, is_binding=True), [(2022, 55.9)], Status.BEHIND, "path"),
        (LEVEL, [(2022, 58.1)], Status.AHEAD, "path"),
        (LEVEL, [(2023, 80)], Status.AHEAD, "path"),
        (LEVEL, [(2025, 80)], Status.ON_COURSE, "final"),
        (LEVEL, [(2025, 79.9)], Status.MISSED, "final"),
        (replace(LEVEL, comparator="~"), [(2025, 79)], Status.ON_COURSE, "final"),
        (replace(LEVEL, comparator=">"), [(2025, 80)], Status.MISSED, "final"),
        (LEVEL, [(2025, 90)], Status.AHEAD, "final"),
        (LEVEL, [(2020, 40)], Status.NO_DATA, "only-before"),
        (LEVEL, [(2026, 90)], Status.NO_DATA, "only-before"),
        (LEVEL, [], Status.NO_DATA, "no-values"),
        (replace(LEVEL, target=None), [(2022, 1)], Status.NO_DATA, "no-target"),
        (replace(LEVEL, base=None), [(2022, 56)], Status.NO_DATA, "one-value-no-base"),
        (replace(LEVEL, base=None), [(2021, 40), (2023, 60)], Status.ON_COURSE, "path"),
        (GROWTH, [(2021, 6.2), (2022, 6.8)], Status.ON_COURSE, "growth-so-far"),
        (GROWTH, [(2022, -4.5), (2023, 6.6), (2024, 4.8)], Status.BEHIND, "growth-so-far"),
        (GROWTH, [(year, 6.0) for year in range(2021, 2026)], Status.ON_COURSE, "growth"),
        (GROWTH, [(year, 5.0) for year in range(2021, 2026)], Status.MISSED, "growth"),
        (SUM, [(2021, 100), (2022, 100)], Status.ON_COURSE, "sum"),
        (SUM, [(2021, 100), (2023, 100)], Status.NO_DATA, "sum-with-gaps"),
    ],
)
def test_examples(goal: Goal, points: list[tuple[int, float]], status: Status, reason: str) -> None:
    verdict = measure(goal, [Point(*point) for point in points])
    assert (verdict.status, verdict.reason) == (status, reason)


def test_missing_years_say_what_they_would_need() -> None:
    verdict = measure(GROWTH, [Point(2022, -4.5), Point(2023, 6.6), Point(2024, 4.8)])
    assert verdict.numbers["missing"] == "2021、2025"
    assert verdict.actual == pytest.approx(2.182, abs=0.001)
    assert verdict.numbers["needed"] == pytest.approx(13.32, abs=0.01)


def test_growth_of_levels_is_compounded_from_the_base() -> None:
    goal = replace(GROWTH, rate=False, base=100.0, target=10.0)
    verdict = measure(goal, [Point(2022, 121.0)])
    assert verdict.actual == pytest.approx(10.0)
    assert verdict.status is Status.ON_COURSE


values = st.floats(1, 1e6)
periods: st.SearchStrategy[Period] = st.sampled_from(["level", "cumulative"])
directions: st.SearchStrategy[Direction] = st.sampled_from(["higher", "lower"])
goals = st.builds(
    Goal,
    period=periods,
    direction=directions,
    comparator=st.sampled_from([">=", ">", "~", "<=", "<", "="]),
    is_binding=st.booleans(),
    start_year=st.just(2021),
    target_year=st.just(2025),
    base_year=st.just(2020),
    base=values,
    target=values,
)


@given(goals, values, values)
def test_a_better_value_never_stands_worse(goal: Goal, first: float, second: float) -> None:
    for year in (2021, 2025) if goal.period == "level" else (2021,):
        low, high = sorted((first, second))
        worse, better = (low, high) if goal.direction == "higher" else (high, low)
        status_of_worse = measure(goal, [Point(year, worse)]).status
        status_of_better = measure(goal, [Point(year, better)]).status
        assert RANK.index(status_of_better) >= RANK.index(status_of_worse)


@given(goals, values, st.sampled_from([0.001, 0.25, 8.0, 10_000.0]))
def test_the_unit_does_not_matter(goal: Goal, value: float, scale: float) -> None:
    assert goal.base is not None
    assert goal.target is not None
    # At the very edge of a tolerance a scaled number may round to the other side.
    status = measure(goal, [Point(2021, value)]).status
    assume(status == measure(goal, [Point(2021, value * (1 + 1e-7))]).status)
    assume(status == measure(goal, [Point(2021, value * (1 - 1e-7))]).status)
    scaled = replace(goal, base=goal.base * scale, target=goal.target * scale)
    assert measure(scaled, [Point(2021, value * scale)]).status == status


@given(goals, values)
def test_which_way_is_better_is_symmetric(goal: Goal, value: float) -> None:
    assert goal.base is not None
    assert goal.target is not None
    turned = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
    mirrored = replace(
        goal,
        direction="lower" if goal.direction == "higher" else "higher",
        comparator=turned.get(goal.comparator, goal.comparator),
        base=-goal.base,
        target=-goal.target,
    )
    assert measure(mirrored, [Point(2021, -value)]).status == measure(goal, [Point(2021, value)]).status


@given(goals, st.integers(2020, 2025))
def test_the_path_leads_from_the_base_to_the_target(goal: Goal, year: int) -> None:
    assert goal.base is not None
    assert goal.target is not None
    start = 0.0 if goal.period == "cumulative" else goal.base
    expected = path_value(goal, year, goal.base)
    assert expected is not None
    low, high = sorted((start, goal.target))
    assert low - 1e-6 <= expected <= high + 1e-6
    assert path_value(goal, 2025, goal.base) == goal.target
