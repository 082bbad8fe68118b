"""Which nature an indicator of the plan has, proposed from what its table says."""

from __future__ import annotations

from decimal import Decimal

from beichen.plan.service import Goal
from beichen.plan.years.decomposition import Aim, Nature

# Shares and rates move by points; amounts grow.
RATES = ("%", "‰", "％")


def aim_of(goal: Goal, nature: Nature | None = None) -> Aim:
    """What is divided for a line of the table; without ``nature`` the proposed one."""
    return Aim(
        nature=nature or propose(goal),
        first_year=goal.start_year,
        last_year=goal.target_year,
        base_year=goal.base_year,
        base=_decimal(goal.base),
        target=_decimal(goal.target),
    )


def propose(goal: Goal) -> Nature:
    """The nature that fits a goal without anybody's judgement.

    An average to hold every year is kept; a sum is cumulative; a level that the base meets already is
    kept; without a base it is a step in the last year, since no course can be drawn; a share moves in a
    line; an amount that grows does so by compound growth, one that falls in a line.
    """
    if goal.period == "annual_average":
        return Nature.KEEP
    if goal.period == "cumulative":
        return Nature.CUMULATIVE
    if goal.base is None or goal.target is None:
        return Nature.STEP
    if _is_met(goal, goal.base, goal.target):
        return Nature.KEEP
    if goal.rate or not 0 < goal.base < goal.target:
        return Nature.LINEAR
    return Nature.COMPOUND


def _is_met(goal: Goal, base: float, target: float) -> bool:
    return base >= target if goal.direction == "higher" else base <= target


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
