"""How far a target still is, and what each remaining year must bring: plain arithmetic, no forecast."""

from __future__ import annotations

from dataclasses import dataclass

from beichen.plan.service import Goal, Verdict


@dataclass(frozen=True, slots=True)
class Pace:
    """What is missing of a target and what a year it needs, in the target's unit (of a growth: percent)."""

    gap: float
    a_year: float
    years: int


def needed_pace(goal: Goal, verdict: Verdict) -> Pace | None:
    """The remaining way from the last value to the target; None when it is over, met or unknown.

    A level needs equal steps, a sum equal shares, a mean growth the rate that the open years would need
    (known from the verdict).
    """
    if goal.target is None or verdict.actual is None or verdict.year is None:
        return None
    years = goal.target_year - verdict.year
    gap = goal.target - verdict.actual
    is_met = gap <= 0 if goal.direction == "higher" else gap >= 0
    if years < 1 or is_met:
        return None
    if goal.period != "annual_average":
        return Pace(gap, gap / years, years)
    needed = verdict.numbers.get("needed")
    if not isinstance(needed, float):
        return None
    return Pace(gap, needed, years)
