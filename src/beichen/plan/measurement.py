"""How an indicator stands against the plan: a pure judgement of real values, with its reasoning.

The path. Between the base year and the target year the plan expects a straight line from the base value
to the target (``level``), the same average growth every year (``annual_average``: the known years are
compounded and their mean growth is compared), or an even share every year (``cumulative``: values since
the first year are summed up). A level without a base starts from the first real value within the plan.

The judgement is that of the last real year against its own place on the path, in the direction that is
better:

- at or after the target year: met, or ``missed``; met by more than the tolerance is ``ahead``;
- before it: already at the target, or above the path by more than the tolerance, is ``ahead``; within
  the tolerance ``on course``; else ``behind``;
- a binding target (约束性) is given no tolerance below the path, an expected one (预期性) is.

The tolerance is a twentieth of the way from base to target, or of the promised growth or sum; a target
that says "about" (``~``) has twice that. Scaling all values alike changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from beichen.web.status import Status

Period = Literal["level", "annual_average", "cumulative"]
Direction = Literal["higher", "lower"]
TOLERANCE = 0.05
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Goal:
    """What the plan promises. ``rate`` says that the values of an annual average are growth in percent."""

    period: Period
    direction: Direction
    comparator: str
    is_binding: bool
    start_year: int
    target_year: int
    base_year: int
    base: float | None
    target: float | None
    rate: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """A real value of a year."""

    year: int
    value: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the indicator stands: the status, why (a name of :mod:`.reasoning`), and the numbers used.

    ``actual`` is what was compared: the last value, the mean growth or the sum; ``expected`` its place on
    the path; ``numbers`` are the words' parameters.
    """

    status: Status
    reason: str
    actual: float | None = None
    expected: float | None = None
    year: int | None = None
    numbers: dict[str, float | int | str] = field(default_factory=dict)


def _nothing(reason: str, **numbers: float | int | str) -> Verdict:
    return Verdict(Status.NO_DATA, reason, numbers=numbers)


def path_value(goal: Goal, year: int, base: float | None) -> float | None:
    """What the plan expects in ``year``: a level, a mean growth, or a sum since the first year."""
    if goal.target is None:
        return None
    if goal.period == "annual_average":
        return goal.target
    first = goal.start_year - 1 if goal.period == "cumulative" else goal.base_year
    start = 0.0 if goal.period == "cumulative" else base
    if start is None:
        return None
    if year >= goal.target_year:
        return goal.target
    share = (year - first) / (goal.target_year - first)
    return start + (goal.target - start) * share


def _tolerance(goal: Goal, base: float | None) -> float:
    """The distance that counts as on the path, in the target's unit."""
    if goal.target is None:
        return 0.0
    start = base if goal.period == "level" and base is not None else 0.0
    way = abs(goal.target - start) or abs(goal.target)
    return way * TOLERANCE * (2 if goal.comparator == "~" else 1)


def _gain(goal: Goal, actual: float, expected: float) -> float:
    """How much better than expected: positive is better, whichever way better lies."""
    return actual - expected if goal.direction == "higher" else expected - actual


def _meets(goal: Goal, actual: float, target: float, tolerance: float) -> bool:
    gain = _gain(goal, actual, target)
    slack = _EXACT * max(abs(actual), abs(target))
    if goal.comparator in {">", "<"}:
        return gain > slack
    if goal.comparator == "~" and not goal.is_binding:
        return gain >= -tolerance - slack
    return gain >= -slack


def _judge(goal: Goal, actual: float, year: int, base: float | None) -> tuple[Status, float]:
    expected = path_value(goal, year, base)
    if expected is None or goal.target is None:
        raise ValueError("a judgement needs a target and a path to it")
    tolerance = _tolerance(goal, base)
    slack = _EXACT * max(abs(actual), abs(expected))
    is_met = _meets(goal, actual, goal.target, tolerance)
    gain = _gain(goal, actual, expected)
    if year >= goal.target_year:
        if not is_met:
            return Status.MISSED, expected
        return (Status.AHEAD if gain > tolerance else Status.ON_COURSE), expected
    if gain > tolerance + slack or (goal.period == "level" and is_met):
        return Status.AHEAD, expected
    allowed = 0.0 if goal.is_binding else tolerance
    return (Status.ON_COURSE if gain >= -allowed - slack else Status.BEHIND), expected


def mean_growth(points: Sequence[Point]) -> float | None:
    """The mean yearly growth in percent of yearly growths in percent, compounded; None without one."""
    if not points or any(point.value <= -100 for point in points):
        return None
    total = sum(math.log1p(point.value / 100) for point in points)
    return math.expm1(total / len(points)) * 100


def _growth_of_levels(goal: Goal, points: Sequence[Point]) -> float | None:
    """The mean yearly growth in percent from the base to the last level."""
    last = points[-1]
    years = last.year - goal.base_year
    if goal.base is None or goal.base <= 0 or last.value <= 0 or years < 1:
        return None
    return (math.pow(last.value / goal.base, 1 / years) - 1) * 100


def _needed(goal: Goal, known: Sequence[Point]) -> float | None:
    """The mean growth that the years without a value would need for the promised average."""
    years = goal.target_year - goal.start_year + 1
    left = years - len(known)
    if goal.target is None or left < 1:
        return None
    promised = years * math.log1p(goal.target / 100)
    had = sum(math.log1p(point.value / 100) for point in known)
    return math.expm1((promised - had) / left) * 100


def _measure_growth(goal: Goal, points: Sequence[Point]) -> Verdict:
    actual = mean_growth(points) if goal.rate else _growth_of_levels(goal, points)
    if actual is None or goal.target is None:
        return _nothing("unusable")
    last = points[-1].year
    known = {point.year for point in points} if goal.rate else set(range(goal.start_year, last + 1))
    missing = [year for year in range(goal.start_year, goal.target_year + 1) if year not in known]
    judged = goal.target_year if not missing else min(last, goal.target_year - 1)
    status, expected = _judge(goal, actual, judged, None)
    numbers: dict[str, float | int | str] = {
        "actual": actual,
        "target": goal.target,
        "years": "、".join(str(point.year) for point in points) if goal.rate else f"{goal.base_year}–{last}",
        "missing": "、".join(map(str, missing)),
    }
    needed = _needed(goal, points) if goal.rate else None
    if missing and needed is not None:
        return Verdict(status, "growth-so-far", actual, expected, last, numbers | {"needed": needed})
    return Verdict(status, "growth-in-part" if missing else "growth", actual, expected, last, numbers)


def _measure_sum(goal: Goal, points: Sequence[Point]) -> Verdict:
    last = points[-1].year
    missing = sorted(set(range(goal.start_year, last + 1)) - {point.year for point in points})
    if missing:
        return _nothing("sum-with-gaps", missing="、".join(map(str, missing)))
    actual = math.fsum(point.value for point in points)
    status, expected = _judge(goal, actual, last, None)
    numbers = {"actual": actual, "expected": expected, "year": last, "target": goal.target or 0.0}
    return Verdict(status, "sum", actual, expected, last, dict(numbers))


def _measure_level(goal: Goal, points: Sequence[Point]) -> Verdict:
    last = points[-1]
    base, base_year = goal.base, goal.base_year
    if base is None and last.year < goal.target_year:
        if len(points) < 2:
            return _nothing("one-value-no-base", year=last.year, actual=last.value)
        base, base_year = points[0].value, points[0].year
        goal = replace(goal, base=base, base_year=base_year)
    status, expected = _judge(goal, last.value, last.year, base)
    numbers: dict[str, float | int | str] = {
        "actual": last.value,
        "expected": expected,
        "year": last.year,
        "target": goal.target or 0.0,
        "target_year": goal.target_year,
        "base": base if base is not None else "–",
        "base_year": base_year,
    }
    reason = "final" if last.year >= goal.target_year else "path"
    return Verdict(status, reason, last.value, expected, last.year, numbers)


def measure(goal: Goal, points: Sequence[Point]) -> Verdict:
    """Judge real values (one a year, any order; those up to the base year are history) against a goal."""
    if goal.target is None:
        return _nothing("no-target")
    ordered = sorted(points, key=lambda point: point.year)
    if not ordered:
        return _nothing("no-values")
    since = [point for point in ordered if goal.start_year <= point.year <= goal.target_year]
    if not since:
        return _nothing("only-before", year=ordered[-1].year, actual=ordered[-1].value)
    if goal.period == "annual_average":
        return _measure_growth(goal, since)
    if goal.period == "cumulative":
        return _measure_sum(goal, since)
    return _measure_level(goal, since)
