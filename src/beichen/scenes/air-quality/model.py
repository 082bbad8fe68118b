"""Fine dust for three days: what is usual at the hour, and how fast a deviation from it is forgotten.

In logarithms, because dust multiplies. For each lead the deviation to come is regressed on the deviation of
now and on that of the last day, over the history that the model is given: it begins at what is measured and
ends at what is usual. It knows no wind and no weather forecast.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from beichen.sdk import Answer, Finding, Forecast, Inputs, NotEnough, Reading, Thing, model

HOUR = timedelta(hours=1)
LEADS = tuple(range(3, 73, 3))
LEAST_HOURS = 240  # of history, or nothing is said of a station
FRESH = timedelta(hours=4)
RIDGE = 2.0  # pulls weights towards "it is forgotten" where the history is short
FOUR_OF_FIVE = 1.2816  # standard deviations


@dataclass(frozen=True)
class Fit:
    """How a deviation goes on: weights of that of now and of the last day's mean, and what is left over."""

    now: float
    day: float
    spread: float


@model
def fine_dust(inputs: Inputs) -> Answer:
    """Every three hours of three days, at each station that has ten days of hours behind it."""
    forecasts, findings, told_of = [], [], 0
    for one in inputs.of("air-station"):
        series = one.series.get("pm25_ugm3", ())
        if len(series) < LEAST_HOURS or inputs.now - series[-1].at > FRESH:
            continue
        told_of += 1
        rows = foretell(series, LEADS)
        base = series[-1].at
        values = [
            Forecast(one.code, "pm25_ugm3", base + lead * HOUR, value, low, high)
            for lead, (value, low, high) in zip(LEADS, rows, strict=True)
            if inputs.now < base + lead * HOUR <= inputs.now + inputs.horizon
        ]
        forecasts += values
        findings += found(one, values, inputs.now, inputs.parameters["heavy_ugm3"])
    if not told_of:
        raise NotEnough(
            "没有监测站具备十天以上且四小时内有数的小时值。",
            "No station has ten days of hourly values up to the last four hours.",
        )
    return Answer(forecasts, findings, {"stations": told_of})


def found(one: Thing, values: Sequence[Forecast], now: datetime, heavy: float) -> list[Finding]:
    """A day to come whose mean is heavy pollution: of the three days, the first."""
    for day in range(3):
        begins, ends = now + timedelta(days=day), now + timedelta(days=day + 1)
        part = [each.value for each in values if begins < each.at <= ends]
        mean = sum(part) / len(part) if part else 0.0
        if mean >= heavy:
            name, span = one.name or one.code, f"{24 * day}–{24 * day + 24}"
            return [
                Finding(
                    one.code,
                    "air-quality.pollution-expected",
                    f"{name}：预计{span}小时后细颗粒物日均{mean:.0f}微克每立方米，达到重度污染。",
                    f"{name}: a daily mean of {mean:.0f} µg/m³ of fine dust is expected in {span} hours:"
                    " heavy pollution.",
                    {"mean_ugm3": round(mean, 1), "in_hours": 24 * day},
                )
            ]
    return []


def foretell(series: Sequence[Reading], leads: Sequence[int]) -> list[tuple[float, float, float]]:
    """The value and its bounds at each lead (hours) after the last of hourly means."""
    first = series[0].at
    logs = {(one.at - first) // HOUR: math.log1p(max(0.0, one.value)) for one in series}
    last = max(logs)
    usual = usual_by_hour(logs)
    deviation = {hour: value - usual[hour % 24] for hour, value in logs.items()}
    days = {hour: mean for hour in deviation if (mean := day_before(deviation, hour)) is not None}
    now, day = deviation[last], days.get(last, deviation[last])
    found = []
    for lead in leads:
        fit = fitted(deviation, days, lead)
        middle = usual[(last + lead) % 24] + fit.now * now + fit.day * day
        spread = FOUR_OF_FIVE * fit.spread
        found.append(tuple(max(0.0, math.expm1(each)) for each in (middle, middle - spread, middle + spread)))
    return found


def usual_by_hour(logs: dict[int, float]) -> list[float]:
    """The mean of each hour of the day; that of all hours where an hour was never measured."""
    whole = sum(logs.values()) / len(logs)
    found = []
    for hour in range(24):
        part = [value for at, value in logs.items() if at % 24 == hour]
        found.append(sum(part) / len(part) if part else whole)
    return found


def day_before(deviation: dict[int, float], hour: int) -> float | None:
    """The mean deviation of the day that ends with an hour, where most of it was measured."""
    part = [deviation[at] for at in range(hour - 23, hour + 1) if at in deviation]
    return sum(part) / len(part) if len(part) >= 12 else None


def fitted(deviation: dict[int, float], days: dict[int, float], lead: int) -> Fit:
    """Least squares over all hours that have one so far ahead."""
    rows = [
        (value, days[at], deviation[at + lead])
        for at, value in deviation.items()
        if at in days and at + lead in deviation
    ]
    if len(rows) < LEAST_HOURS // 4:
        return Fit(0.0, 0.0, 0.8)
    aa = sum(a * a for a, _b, _y in rows) + RIDGE
    bb = sum(b * b for _a, b, _y in rows) + RIDGE
    ab = sum(a * b for a, b, _y in rows)
    ay = sum(a * y for a, _b, y in rows)
    by = sum(b * y for _a, b, y in rows)
    below = aa * bb - ab * ab
    now, day = (bb * ay - ab * by) / below, (aa * by - ab * ay) / below
    left = sum((y - now * a - day * b) ** 2 for a, b, y in rows) / len(rows)
    return Fit(now, day, math.sqrt(left))
