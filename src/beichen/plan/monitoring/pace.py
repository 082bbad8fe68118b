"""The pace that a target needs from now on, beside the best that was ever seen. Pure.

A target that needs more each year than the best past year brought can be met by nothing that has happened
yet: that is the early warning (预警). It is given only where at least :data:`LEAST` past paces are known,
and not for a line that is ahead.

=========  ==========================================================================================
growth     percent a year: averages of growth, and amounts above zero
points     percentage points a year: shares and rates
amount     the unit itself a year: sums, and levels that pass through zero
=========  ==========================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from beichen.plan.service import Goal, Point

LEAST = 2
_EXACT = 1e-9
Kind = Literal["growth", "points", "amount"]


@dataclass(frozen=True, slots=True)
class Pace:
    """What each of ``years_left`` years needs; ``best`` is the best past pace, None with too few known."""

    kind: Kind
    needed: float
    best: float | None
    year: int
    target_year: int
    years_left: int
    is_lower_better: bool = False

    @property
    def is_out_of_reach(self) -> bool:
        """Whether no past year was as good as every coming one must be."""
        if self.best is None:
            return False
        sign = -1 if self.is_lower_better else 1
        return sign * (self.needed - self.best) > _EXACT * max(1.0, abs(self.best))


def pace_of(goal: Goal, points: Sequence[Point]) -> Pace | None:
    """The pace from the last real value to the target; None when nothing is left to do or nothing known."""
    known = sorted((point for point in points if point.year <= goal.target_year), key=lambda one: one.year)
    since = [point for point in known if point.year >= goal.start_year]
    if goal.target is None or not since or since[-1].year >= goal.target_year:
        return None
    if goal.period == "annual_average" and goal.rate:
        return _rates(goal, known, since, goal.target)
    if goal.period == "cumulative":
        return _sums(goal, known, since, goal.target)
    return _levels(goal, _with_base(goal, known), _end(goal))


def _end(goal: Goal) -> float | None:
    """The level of the last year; that of a promised growth follows from the base."""
    if goal.target is None or goal.period == "level":
        return goal.target
    if goal.base is None:
        return None
    return goal.base * math.pow(1 + goal.target / 100, goal.target_year - goal.base_year)


def _with_base(goal: Goal, known: list[Point]) -> list[Point]:
    """The values and, where no statistic has its year, the plan's base."""
    if goal.base is None or any(point.year == goal.base_year for point in known):
        return known
    return sorted([*known, Point(goal.base_year, goal.base)], key=lambda one: one.year)


def _best(goal: Goal, paces: Sequence[float]) -> float | None:
    if len(paces) < LEAST:
        return None
    return min(paces) if goal.direction == "lower" else max(paces)


def _made(goal: Goal, kind: Kind, needed: float, paces: Sequence[float], year: int, left: int) -> Pace:
    is_lower = goal.direction == "lower"
    return Pace(kind, needed, _best(goal, paces), year, goal.target_year, left, is_lower)


def _rates(goal: Goal, known: list[Point], since: list[Point], target: float) -> Pace | None:
    """Years without a value must bring what the known ones did not, compounded."""
    if any(point.value <= -100 for point in known):
        return None
    left = goal.target_year - goal.start_year + 1 - len(since)
    had = math.fsum(math.log1p(point.value / 100) for point in since)
    promised = (left + len(since)) * math.log1p(target / 100)
    needed = math.expm1((promised - had) / left) * 100
    return _made(goal, "growth", needed, [point.value for point in known], since[-1].year, left)


def _sums(goal: Goal, known: list[Point], since: list[Point], target: float) -> Pace | None:
    left = goal.target_year - goal.start_year + 1 - len(since)
    missing = target - math.fsum(point.value for point in since)
    if missing <= 0:
        return None
    return _made(goal, "amount", missing / left, [point.value for point in known], since[-1].year, left)


def _levels(goal: Goal, known: list[Point], end: float | None) -> Pace | None:
    last = known[-1]
    left = goal.target_year - last.year
    if end is None or (last.value >= end if goal.direction == "higher" else last.value <= end):
        return None
    if not goal.rate and end > 0 and all(point.value > 0 for point in known):
        needed = _growth(last.value, end, left)
        paces = [_growth(one.value, two.value, two.year - one.year) for one, two in pairwise(known)]
        return _made(goal, "growth", needed, paces, last.year, left)
    paces = [(two.value - one.value) / (two.year - one.year) for one, two in pairwise(known)]
    kind: Kind = "points" if goal.rate else "amount"
    return _made(goal, kind, (end - last.value) / left, paces, last.year, left)


def _growth(first: float, last: float, years: int) -> float:
    return (math.pow(last / first, 1 / years) - 1) * 100
