"""Air for three days: what is usual at the hour, and how fast a deviation from it is forgotten.

In logarithms, because dust multiplies. For each lead the deviation to come is regressed on the deviation of
now and on that of the last day, over the history that the model is given: it begins at what is measured and
ends at what is usual. It knows no wind and no weather forecast. The index of a day is that of HJ 633-2012
of what is foretold for its hours, over the stations round the place for which it is said.
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
DAYS = 3
INDICES = (0, 50, 100, 150, 200, 300, 400, 500)
BREAKS = {  # HJ 633-2012, table 1: the concentrations at which the index is that; ozone by the hour
    "pm25_ugm3": (0, 35, 75, 115, 150, 250, 350, 500),
    "pm10_ugm3": (0, 50, 150, 250, 350, 420, 500, 600),
    "o3_ugm3": (0, 160, 200, 300, 400, 800, 1000, 1200),
}
BY_HOUR = "o3_ugm3"  # the index of a day goes by its greatest hour, of the others by their mean
KM = 111.2  # a degree of latitude


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


@model
def day_index(inputs: Inputs) -> Answer:
    """The index of tomorrow and the two days after, for each place that wants it, and the warning for it."""
    stations = [one for one in inputs.of("air-station") if one.fields.get("network") != "grid"]
    forecasts, findings = [], []
    for place in inputs.of("air-forecast"):
        near = [one for one in stations if within(place, one, inputs.parameters["within_km"])]
        days = index_of_days(
            near, inputs.now, inputs.parameters["utc_hours"], inputs.parameters["least_hours"]
        )
        forecasts += [Forecast(place.code, "aqi", noon, *bounds) for noon, bounds in days]
        if warning := warning_of([bounds[0] for _noon, bounds in days]):
            name, text = place.name or place.code, "、".join(f"{bounds[0]:.0f}" for _noon, bounds in days)
            findings.append(
                Finding(
                    place.code,
                    f"air-quality.warning-{warning}",
                    f"{name}：预计未来三日空气质量指数为{text}。",
                    f"{name}: indices of {text.replace('、', ', ')} are expected on the next three days.",
                    {f"aqi_day{number}": round(bounds[0]) for number, (_noon, bounds) in enumerate(days, 1)},
                )
            )
    if not forecasts:
        raise NotEnough(
            "没有预报点附近一日以上且四小时内有数的监测站小时值。",
            "No place of a forecast has a station around with a day of hours up to the last four hours.",
        )
    return Answer(forecasts, findings, {"places": len({one.thing for one in forecasts})})


def within(place: Thing, one: Thing, most_km: float) -> bool:
    """Whether a station lies near enough; one of the two without a point is everywhere."""
    if None in (place.longitude, place.latitude, one.longitude, one.latitude):
        return True
    east = (one.longitude - place.longitude) * math.cos(math.radians(place.latitude))
    return math.hypot(east, one.latitude - place.latitude) * KM <= most_km


def index_of_days(
    stations: Sequence[Thing], now: datetime, utc_hours: float, least: float
) -> list[tuple[datetime, tuple[float, float, float]]]:
    """Noon, index and its bounds of each of the next days; nothing where too little was measured lately."""
    shift = timedelta(hours=utc_hours)
    midnight = (now + shift).replace(hour=0, minute=0, second=0, microsecond=0) - shift
    rows: list[list[tuple[float, float, float]]] = [[] for _day in range(DAYS)]
    for measure in BREAKS:
        series = mean_of([one.series.get(measure, ()) for one in stations])
        if len(series) < least or now - series[-1].at > FRESH:
            continue
        last = series[-1].at
        leads = range(1, (midnight + timedelta(days=DAYS + 1) - last) // HOUR + 1)
        values = foretell(series, leads)
        for day in range(DAYS):
            begins = midnight + timedelta(days=day + 1)
            ends = begins + timedelta(days=1)
            of_day = [
                value
                for lead, value in zip(leads, values, strict=True)
                if begins <= last + lead * HOUR < ends
            ]
            rows[day].append(index_of_day(measure, of_day))
    return [
        (midnight + timedelta(days=day + 1, hours=12), tuple(max(part) for part in zip(*found, strict=True)))
        for day, found in enumerate(rows)
        if found
    ]


def index_of_day(measure: str, hours: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The index of a day of one pollutant, and its bounds, from what is foretold for its hours."""
    value, low, high = (
        index(measure, max(part) if measure == BY_HOUR else sum(part) / len(part))
        for part in zip(*hours, strict=True)
    )
    return (value, low, high)


def index(measure: str, value: float) -> float:
    """The sub-index of a concentration by HJ 633-2012: straight between the break points, at most 500."""
    points = BREAKS[measure]
    for number, top in enumerate(points[1:], 1):
        if value <= top:
            below = points[number - 1]
            share = max(0.0, value - below) / (top - below)
            return INDICES[number - 1] + share * (INDICES[number] - INDICES[number - 1])
    return float(INDICES[-1])


def mean_of(series: Sequence[Sequence[Reading]]) -> list[Reading]:
    """The mean of several series of hourly means, at each hour that any of them has."""
    hours: dict[datetime, list[float]] = {}
    for one in series:
        for reading in one:
            hours.setdefault(reading.at, []).append(reading.value)
    return [Reading(at, sum(values) / len(values)) for at, values in sorted(hours.items())]


def warning_of(days: Sequence[float]) -> str:
    """The gravest warning of the national guidance (环大气〔2024〕6号) that three days of indices want."""
    if len(days) < DAYS:
        return ""
    first, second, third = days
    two, three = first > 200 and second > 200, first > 150 and second > 150 and third > 150
    if two and third > 200 and max(days) > 300:
        return "red"
    if two or three:
        return "orange"
    return "yellow" if first > 200 or (first > 150 and second > 150) else ""


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
