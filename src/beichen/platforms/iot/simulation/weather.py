"""The weather of a made-up city: one for all its devices, of each moment, from its climate and a seed.

Any moment can be asked, in any order: a day's draws depend on the seed and its date alone. Temperatures
in °C, rain (and snow, as water) in mm of the last hour, wind in m/s, ``daylight`` from 0 (night) to 1
(full day), fine dust in µg/m³. It is no forecast, and no record of what the weather was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

NAMES = (
    "hour", "weekday", "month", "workday", "temperature_c", "rain_mm", "rain_6h_mm", "snow_mm", "wind_ms",
    "humidity_pct", "daylight", "pm25",
)  # fmt: skip
FREEZING = 0.5  # °C, below which what falls is snow
TWILIGHT = 0.1  # of the sine of the sun's height: how far dusk reaches
WARMEST, COLDEST = 14.5, 5.0


@dataclass(frozen=True, slots=True)
class Day:
    """A day's draws. ``showers``: when (hours from midnight), how long (hours), how much (mm)."""

    low: float
    high: float
    wind: float
    humidity: float
    dust: float
    showers: tuple[tuple[float, float, float], ...]


def daylight(longitude: float, latitude: float, moment: datetime) -> float:
    """How light it is: the sun's height by the day of the year and the hour at that longitude."""
    at = moment.astimezone(UTC)
    day, hour = at.timetuple().tm_yday, at.hour + at.minute / 60
    tilt = math.radians(-23.44) * math.cos(2 * math.pi * (day + 10) / 365.25)
    turned = math.radians(15 * (hour - 12) + longitude)
    height = math.sin(math.radians(latitude)) * math.sin(tilt)
    height += math.cos(math.radians(latitude)) * math.cos(tilt) * math.cos(turned)
    return min(1.0, max(0.0, height / TWILIGHT + 0.5))


class Weather:
    """The weather of one city and seed. ``climate`` holds twelve months, January first."""

    def __init__(self, city: Mapping[str, Any], climate: Sequence[Mapping[str, float]], seed: int) -> None:
        self._zone = ZoneInfo(city["timezone"])
        self._at = (float(city["longitude"]), float(city["latitude"]))
        self._climate, self._seed = climate, seed
        self._day = lru_cache(maxsize=64)(self._drawn)
        self._known: tuple[int, dict[str, Any]] = (-1, {})

    def _normal(self, day: date, name: str) -> float:
        """Between the middles of two months."""
        at = day.month - 1 + (day.day - 15) / 30.5
        before, share = math.floor(at), at - math.floor(at)
        this, following = (self._climate[(before + step) % 12][name] for step in (0, 1))
        return this * (1 - share) + following * share

    def _drift(self, day: date, what: str) -> float:
        """A day like the days before it: mean 0, spread about 1."""
        draws = [Random(f"{self._seed}:{what}:{day - timedelta(days=n)}").gauss(0, 1) for n in range(4)]  # noqa: S311
        return 0.74 * draws[0] + 0.52 * draws[1] + 0.36 * draws[2] + 0.22 * draws[3]

    def _drawn(self, day: date) -> Day:
        dice = Random(f"{self._seed}:{day}")  # noqa: S311 - weather is no secret
        warmer = self._drift(day, "warm") * self._normal(day, "spread_c")
        wet_days = max(0.5, self._normal(day, "wet_days"))
        showers: list[tuple[float, float, float]] = []
        if dice.random() < wet_days / 30:
            amount = dice.expovariate(wet_days / max(0.1, self._normal(day, "rain_mm")))
            for _each in range(parts := dice.choice((1, 1, 2))):
                showers.append((dice.uniform(0, 22), dice.uniform(0.7, 4.0), amount / parts))
        wind = self._normal(day, "wind_ms") * math.exp(0.35 * self._drift(day, "wind"))
        still = (self._normal(day, "wind_ms") / wind) ** 0.7
        washed = 0.6 if showers else 1.0
        return Day(
            self._normal(day, "low_c") + warmer,
            self._normal(day, "high_c") + warmer,
            wind,
            self._normal(day, "humidity_pct") + (12 if showers else 0),
            self._normal(day, "pm25_ugm3") * still * washed * math.exp(0.45 * self._drift(day, "dust")),
            tuple(showers),
        )

    def _rain(self, until: datetime, hours: float) -> float:
        """What fell in the hours before ``until``, in mm."""
        total = 0.0
        for back in (0, 1):
            day = until.date() - timedelta(days=back)
            clock = until.hour + until.minute / 60 + until.second / 3600 + 24 * back
            for start, length, amount in self._day(day).showers:
                overlap = min(clock, start + length) - max(clock - hours, start)
                total += amount * max(0.0, overlap) / length
        return total

    def at(self, seconds: float) -> dict[str, Any]:
        """The weather at a time (seconds since 1970), to the minute, with the city's clock beside it."""
        minute = int(seconds // 60)
        if self._known[0] != minute:
            self._known = (minute, self._made(datetime.fromtimestamp(minute * 60, self._zone)))
        return self._known[1]

    def _made(self, moment: datetime) -> dict[str, Any]:
        day = self._day(moment.date())
        hour = moment.hour + moment.minute / 60
        if COLDEST <= hour < WARMEST:
            share = (1 - math.cos(math.pi * (hour - COLDEST) / (WARMEST - COLDEST))) / 2
        else:
            since = (hour - WARMEST) % 24
            share = (1 + math.cos(math.pi * since / (24 - WARMEST + COLDEST))) / 2
        warmth = day.low + (day.high - day.low) * share
        fallen, freezes = self._rain(moment, 1.0), warmth < FREEZING
        rain = 0.0 if freezes else fallen
        return {
            "hour": hour,
            "weekday": moment.isoweekday(),
            "month": moment.month,
            "workday": moment.isoweekday() <= 5,
            "temperature_c": warmth - min(4.0, rain),
            "rain_mm": rain,
            "rain_6h_mm": 0.0 if freezes else self._rain(moment, 6.0),
            "snow_mm": fallen - rain,
            "wind_ms": day.wind * (0.75 + 0.5 * share),
            "humidity_pct": min(100.0, max(10.0, day.humidity + 15 - 30 * share + 4 * fallen)),
            "daylight": daylight(*self._at, moment),
            "pm25": max(2.0, day.dust * (1.15 - 0.3 * share) / (1 + 0.3 * fallen)),
        }
