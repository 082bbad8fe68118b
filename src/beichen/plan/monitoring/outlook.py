"""What lies ahead of lines as they stood at the end of some year: pace, early warning, forecast.

The lines carry only the values that were known then, and nothing later is used. A forecast that is kept is
taken when it stands on the very same values; what stands on fewer is computed anew, all in one process.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from beichen.plan.models import Plan
from beichen.plan.monitoring.extrapolation import extrapolate
from beichen.plan.monitoring.forecasting import line_key
from beichen.plan.monitoring.inputs import LEVEL, Inputs, inputs_of
from beichen.plan.monitoring.judging import warned_pace
from beichen.plan.monitoring.models import Forecast
from beichen.plan.monitoring.pace import Pace, pace_of
from beichen.plan.service import Standing

FAILED = "failed"
_log = logging.getLogger(__name__)
Made = dict[str, list[dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """The forecast of one year with its interval at :data:`.inputs.LEVEL` percent."""

    year: int
    value: float
    low: float
    high: float
    level: int = LEVEL


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead of a line. ``why_none`` says why ``ahead`` is empty; ``count`` years are its basis."""

    standing: Standing
    pace: Pace | None
    is_warned: bool
    model: str
    count: int
    ahead: tuple[Ahead, ...] = ()
    why_none: str = ""

    @property
    def end(self) -> Ahead | None:
        """The forecast of the target's year."""
        return self.ahead[-1] if self.ahead else None


def outlooks(plan: Plan, lines: Sequence[Standing]) -> list[Outlook]:
    """What lies ahead of ``lines`` by the values that they carry, in their order: one query.

    Starts a process of some seconds when a line carries other values than its kept forecast stands on.
    """
    inputs = [inputs_of(line.goal, line.points) for line in lines]
    made = _kept(plan, lines, inputs)
    asked = {one.digest: one for one in inputs if not one.why_none and one.digest not in made}
    made = made | _computed(asked)
    return [_outlook(line, one, made) for line, one in zip(lines, inputs, strict=True)]


def _kept(plan: Plan, lines: Sequence[Standing], inputs: Sequence[Inputs]) -> Made:
    """The kept forecasts that stand on the same values, by digest."""
    wanted = {(line_key(line), one.digest) for line, one in zip(lines, inputs, strict=True)}
    rows = Forecast.objects.filter(plan=plan, why_none="")
    return {row.inputs: row.values for row in rows if ((row.key, row.part), row.inputs) in wanted}


@lru_cache(maxsize=64)
def _extrapolated(asked: tuple[Inputs, ...]) -> Made:
    """Forecasts by digest, the same for the same values: a report's languages and formats ask once."""
    found = extrapolate([one.asked() for one in asked])
    return {
        one.digest: [{"year": one.last_year + 1 + place, **value} for place, value in enumerate(values)]
        for one, values in zip(asked, found, strict=True)
    }


def _computed(asked: Mapping[str, Inputs]) -> Made:
    """The forecasts that nobody has made yet; none when the process fails, which is not remembered."""
    try:
        return _extrapolated(tuple(asked.values()))
    except (OSError, subprocess.SubprocessError):
        _log.exception("forecasts for a report failed")
        return {}


def _outlook(line: Standing, inputs: Inputs, made: Made) -> Outlook:
    values = [] if inputs.why_none else made.get(inputs.digest, [])
    ahead = tuple(Ahead(int(one["year"]), one["value"], one["low"], one["high"]) for one in values)
    why = inputs.why_none or ("" if ahead else FAILED)
    return Outlook(
        standing=line,
        pace=pace_of(line.goal, line.points),
        is_warned=warned_pace(line) is not None,
        model=inputs.model if ahead else "",
        count=len(inputs.values),
        ahead=ahead,
        why_none=why,
    )
