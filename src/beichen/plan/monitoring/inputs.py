"""What a forecast is computed from: the unbroken years up to the last real value. Pure.

Fewer than :data:`LEAST` years are no basis; a gap ends the series, since what lies across it was not seen.
The plan's base counts as a value of its year where no statistic has one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from beichen.plan.service import Goal, Point

LEAST = 4
LONG = 10  # from here on a smoothing model may choose its own form
LEVEL = 80


@dataclass(frozen=True, slots=True)
class Inputs:
    """A series of one value a year without gaps, how far to look, and which model is honest for it."""

    first_year: int
    values: tuple[float, ...]
    horizon: int
    model: str
    lower: float | None
    upper: float | None
    why_none: str = ""

    @property
    def last_year(self) -> int:
        """The year of the last real value."""
        return self.first_year + len(self.values) - 1

    @property
    def digest(self) -> str:
        """Changes when, and only when, the forecast would."""
        said = [self.first_year, self.values, self.horizon, self.model, self.lower, self.upper, self.why_none]
        return hashlib.sha256(orjson.dumps(said)).hexdigest()

    def asked(self) -> dict[str, object]:
        """What the forecasting process is told."""
        return {
            "values": list(self.values),
            "horizon": self.horizon,
            "model": self.model,
            "level": LEVEL,
            "lower": self.lower,
            "upper": self.upper,
        }


def inputs_of(goal: Goal, points: Sequence[Point]) -> Inputs:
    """The basis of a line's forecast; ``why_none`` says why there is none."""
    by_year = {point.year: point.value for point in points}
    is_course = goal.period == "level"
    if is_course and goal.base is not None:
        by_year.setdefault(goal.base_year, goal.base)
    run = _last_run(by_year)
    horizon = goal.target_year - max(by_year, default=goal.target_year)
    why = ""
    if not by_year:
        why = "no-values"
    elif horizon < 1:
        why = "over"
    elif len(run) < LEAST:
        why = "too-few"
    is_share = is_course and goal.rate
    return Inputs(
        first_year=run[0] if run else 0,
        values=tuple(by_year[year] for year in run),
        horizon=max(horizon, 0),
        model=_model(is_course, len(run)),
        lower=0.0 if is_share else None,
        upper=100.0 if is_share else None,
        why_none=why,
    )


def _last_run(by_year: dict[int, float]) -> list[int]:
    """The unbroken years that end with the last one."""
    years = sorted(by_year, reverse=True)
    run: list[int] = []
    for year in years:
        if run and year != run[-1] - 1:
            break
        run.append(year)
    return run[::-1]


def _model(is_course: bool, count: int) -> str:
    """A drift for a level's course, the mean for what each year brings anew, smoothing for long series."""
    if count >= LONG:
        return "smoothing"
    return "drift" if is_course else "mean"
