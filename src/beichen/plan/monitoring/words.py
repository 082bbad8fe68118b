"""Forecasts and paces in words, the same on a page and in a report."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from beichen.plan.monitoring.inputs import LEAST
from beichen.web.numbers import figure

MODELS = {
    "drift": _("random walk with drift"),
    "mean": _("mean of the past years"),
    "smoothing": _("exponential smoothing (AutoETS)"),
}


class Warned(Protocol):
    """A pace that is out of reach, computed just now or kept."""

    @property
    def kind(self) -> str: ...
    @property
    def needed(self) -> float: ...
    @property
    def best(self) -> float | None: ...
    @property
    def years_left(self) -> int: ...
    @property
    def target_year(self) -> int: ...


def why_no_forecast(why: str, count: int) -> str:
    """Why there is no forecast; ``count`` unbroken yearly values are known."""
    if why == "too-few":
        return ngettext(
            "Only %(count)d unbroken yearly value is known; a forecast needs %(least)d.",
            "Only %(count)d unbroken yearly values are known; a forecast needs %(least)d.",
            count,
        ) % {"count": count, "least": LEAST}
    if why == "over":
        return gettext("The plan's last year has its value: there is nothing left to forecast.")
    if why == "failed":
        return gettext("The forecast could not be computed when this was written.")
    return gettext("There is no real value to forecast from.")


def pace_text(kind: str, value: float, unit: str) -> str:
    """A pace with its unit: 11.2% a year."""
    if kind == "growth":
        return gettext("%(value)s%% a year") % {"value": figure(value, 1)}
    if kind == "points":
        return gettext("%(value)s percentage points a year") % {"value": figure(value, 2)}
    return gettext("%(value)s %(unit)s a year") % {"value": figure(value, 2), "unit": unit}


def warned_words(pace: Warned, unit: str) -> str:
    """What a line needs from now on, and why that is out of reach."""
    sentence = gettext(
        "Needs %(needed)s from now on in each of the %(years)s years until %(until)s that have no value; "
        "the best year so far brought %(best)s."
    )
    return sentence % {
        "needed": pace_text(pace.kind, pace.needed, unit),
        "best": pace_text(pace.kind, pace.best or 0.0, unit),
        "years": pace.years_left,
        "until": pace.target_year,
    }
