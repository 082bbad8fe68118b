"""The screen's figures: the city's newest statistics, with every value behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import READ, series_of
from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor

# What a reader wants to know of any city, in this order; a city without one of them shows the others.
KEY_FIGURES = (
    "gdp",
    "permanent-population",
    "urbanisation-rate",
    "gdp-per-capita",
    "administrative-area",
    "metro-length",
    "good-air-days-share",
    "airport-passengers",
)
SHOWN = 6
_WIDTH, _HEIGHT = 100.0, 24.0


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """An indicator's yearly values, oldest first."""

    values: Sequence[IndicatorValue]

    @property
    def latest(self) -> IndicatorValue:
        """The newest value."""
        return self.values[-1]

    @property
    def line(self) -> str:
        """Points of a small line, 100 wide and 24 high, on a scale of years; empty for fewer than three."""
        return small_line([(value.starts.year, float(value.value)) for value in self.values])


def small_line(points: Sequence[tuple[float, float]]) -> str:
    """Points of a line, 100 wide and 24 high, from left to right; empty for fewer than three."""
    if len(points) < 3:
        return ""
    first, last = points[0][0], points[-1][0]
    numbers = [number for _, number in points]
    low, high = min(numbers), max(numbers)
    span = (high - low) or 1.0
    return " ".join(
        f"{(place - first) / (last - first) * _WIDTH:.1f},"
        f"{_HEIGHT - 2 - (number - low) / span * (_HEIGHT - 4):.1f}"
        for place, number in points
    )


def key_figures(region: str, *, by: Actor) -> list[KeyFigure]:
    """The first few of :data:`KEY_FIGURES` that ``by`` may read for the region, by year; one query."""
    found: dict[str, list[IndicatorValue]] = {}
    for value in visible(by, READ, series_of(KEY_FIGURES, region=region)):
        if value.period.isdecimal():
            found.setdefault(value.indicator.key, []).append(value)
    return [KeyFigure(found[key]) for key in KEY_FIGURES if key in found][:SHOWN]
