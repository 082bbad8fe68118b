"""The pace a target needs, the year's judgement, and what a forecast may stand on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.plan.monitoring.inputs import LEAST, inputs_of
from beichen.plan.monitoring.pace import pace_of
from beichen.plan.monitoring.yearly import judge_year
from beichen.plan.service import Goal, Point
from beichen.web.status import Status

LEVEL = Goal("level", "higher", ">=", False, 2021, 2025, 2020, 100.0, 200.0, rate=False)
RATE = Goal("annual_average", "higher", ">=", False, 2021, 2025, 2020, None, 6.5)
SHARE = replace(LEVEL, base=60.0, target=70.0, rate=True)


def points(**values: float) -> list[Point]:
    return [Point(int(year[1:]), value) for year, value in values.items()]


def test_an_amount_needs_growth_from_now_on() -> None:
    pace = pace_of(LEVEL, points(y2021=105, y2022=110))
    assert pace is not None
    assert (pace.kind, pace.years_left) == ("growth", 3)
    assert 110 * (1 + pace.needed / 100) ** 3 == pytest.approx(200)
    assert pace.best == pytest.approx(5.0), "the first year from the plan's base was the best"
    assert pace.is_out_of_reach


def test_years_without_a_value_must_make_up_for_the_known() -> None:
    pace = pace_of(RATE, points(y2022=-4.5, y2023=6.6, y2024=4.8))
    assert pace is not None
    assert (pace.years_left, pace.best) == (2, 6.6)
    assert pace.needed == pytest.approx(13.3, abs=0.1)
    whole = 0.955 * 1.066 * 1.048 * (1 + pace.needed / 100) ** 2
    assert whole == pytest.approx(1.065**5)


def test_a_share_needs_points() -> None:
    pace = pace_of(SHARE, points(y2021=61, y2022=62))
    assert pace is not None
    assert pace.kind == "points"
    assert [pace.needed, pace.best] == pytest.approx([8 / 3, 1])


def test_lower_is_better_where_the_goal_says_so() -> None:
    falling = replace(SHARE, direction="lower", base=10.0, target=6.0)
    pace = pace_of(falling, points(y2021=9.8, y2022=9.6))
    assert pace is not None
    assert [pace.needed, pace.best] == pytest.approx([-1.2, -0.2])
    assert pace.is_out_of_reach


def test_a_sum_needs_its_rest() -> None:
    pace = pace_of(replace(LEVEL, period="cumulative", base=None), points(y2021=10, y2022=20))
    assert pace is not None
    assert pace.kind == "amount"
    assert [pace.needed, pace.best] == pytest.approx([170 / 3, 20])


@pytest.mark.parametrize(
    ("goal", "known"),
    [
        (LEVEL, []),
        (LEVEL, points(y2021=250)),
        (LEVEL, points(y2025=150)),
        (replace(LEVEL, target=None), points(y2021=105)),
        (RATE, points(y2021=-100)),
    ],
)
def test_nothing_is_needed_or_known(goal: Goal, known: list[Point]) -> None:
    assert pace_of(goal, known) is None


def test_too_few_past_paces_warn_nobody() -> None:
    pace = pace_of(RATE, points(y2021=1))
    assert pace is not None
    assert (pace.best, pace.is_out_of_reach) == (None, False)


@given(st.floats(1, 1000), st.floats(1.01, 3), st.integers(1, 4))
def test_a_line_on_its_growth_path_needs_just_that_growth(base: float, times: float, known: int) -> None:
    goal = replace(LEVEL, base=base, target=base * times)
    yearly = times ** (1 / 5)
    pace = pace_of(goal, [Point(2020 + n, base * yearly**n) for n in range(1, known + 1)])
    assert pace is not None
    assert pace.needed == pytest.approx((yearly - 1) * 100, rel=1e-6)


@pytest.mark.parametrize(
    ("goal", "target", "value", "status"),
    [
        (LEVEL, 100, 106, Status.AHEAD),
        (LEVEL, 100, 96, Status.ON_COURSE),
        (LEVEL, 100, 94, Status.MISSED),
        (replace(LEVEL, comparator="~"), 100, 91, Status.ON_COURSE),
        (replace(LEVEL, is_binding=True), 100, 99.9, Status.MISSED),
        (replace(LEVEL, is_binding=True), 100, 100, Status.ON_COURSE),
        (replace(LEVEL, direction="lower"), 6, 5.5, Status.AHEAD),
        (LEVEL, None, 5, Status.NO_DATA),
        (LEVEL, 100, None, Status.NO_DATA),
    ],
)
def test_a_year_is_judged(goal: Goal, target: int | None, value: float | None, status: Status) -> None:
    assert judge_year(goal, None if target is None else Decimal(target), value) is status


def test_a_forecast_stands_on_unbroken_years_and_the_base() -> None:
    found = inputs_of(SHARE, points(y2021=61, y2022=62, y2023=63))
    assert (found.first_year, found.values, found.horizon) == (2020, (60, 61, 62, 63), 2)
    assert (found.model, found.lower, found.upper, found.why_none) == ("drift", 0, 100, "")
    broken = inputs_of(SHARE, points(y2021=61, y2023=63, y2024=64))
    assert (broken.values, broken.why_none) == ((63, 64), "too-few")


@pytest.mark.parametrize(
    ("goal", "known", "why"),
    [
        (RATE, points(y2022=1, y2023=2, y2024=3), "too-few"),
        (RATE, points(y2025=1), "over"),
        (replace(LEVEL, base=None), [], "no-values"),
    ],
)
def test_without_a_basis_there_is_no_forecast(goal: Goal, known: list[Point], why: str) -> None:
    assert inputs_of(goal, known).why_none == why


def test_long_series_may_be_smoothed() -> None:
    found = inputs_of(RATE, [Point(year, 5.0) for year in range(2012, 2024)])
    assert (found.model, len(found.values) > LEAST) == ("smoothing", True)
    assert found.digest != inputs_of(RATE, [Point(year, 5.1) for year in range(2012, 2024)]).digest
