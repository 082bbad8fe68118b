"""How a year went against its own target. Pure.

The year's value is compared with the year's target in the direction that is better. A binding target is
given no tolerance, an expected one a twentieth of the target, one that says "about" twice that. What is
better than the target by more than the tolerance is ahead; what is worse by more is missed: a year that
has its value is over.
"""

from __future__ import annotations

from decimal import Decimal

from beichen.plan.service import TOLERANCE, Goal
from beichen.web.status import Status


def judge_year(goal: Goal, target: Decimal | None, value: float | None) -> Status:
    """The status of a year; without a target or a value nothing is known."""
    if target is None or value is None:
        return Status.NO_DATA
    aim = float(target)
    gain = value - aim if goal.direction == "higher" else aim - value
    room = abs(aim) * TOLERANCE * (2 if goal.comparator == "~" else 1)
    slack = 1e-9 * max(abs(aim), 1.0)
    if gain > room + slack:
        return Status.AHEAD
    allowed = 0.0 if goal.is_binding else room
    return Status.ON_COURSE if gain >= -allowed - slack else Status.MISSED
