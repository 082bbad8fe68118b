"""Observational time periods of SDMX 2.1: 2024, 2024-S1, 2024-Q3, 2024-02, 2024-W07, 2024-02-19,
2025-05-01/P5D.

A week is that of ISO 8601: it begins on Monday, and it is of the year in which its Thursday lies. A period is
kept as it is written and as the days that it covers, both ends included.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from beichen.problem import Problem, ProblemError, code, said, shorten

__all__ = ["Period", "length_of", "read_period"]

NOT_A_PERIOD = code("DAT-101", "The period is not one of SDMX.", status=422)

_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:-S(?P<half>[12])|-Q(?P<quarter>[1-4])|-W(?P<week>\d\d)"
    r"|-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:/P(?P<days>\d{1,4})D)?)?)?\Z"
)
EXAMPLES = "2024, 2024-S1, 2024-Q3, 2024-02, 2024-W07, 2024-02-19, 2025-05-01/P5D"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days with its length's name: year, half, quarter, month, week, day or range."""

    text: str
    length: str
    starts: date
    ends: date


def read_period(text: str) -> Period:
    """The period that ``text`` names. Raises ProblemError DAT-101."""
    found = _PERIOD.match(text)
    try:
        if found is None:
            raise ValueError(text)
        return _covered(text, found)
    except (ValueError, OverflowError):
        message = shorten(said("{text!r} is not a period", text=text))
        raise ProblemError(
            Problem(NOT_A_PERIOD, message, hint=said("such as {examples}", examples=EXAMPLES))
        ) from None


def _covered(text: str, found: re.Match[str]) -> Period:
    year = int(found["year"])
    if found["half"]:
        return _months(text, "half", year, 6 * int(found["half"]) - 5, 6)
    if found["quarter"]:
        return _months(text, "quarter", year, 3 * int(found["quarter"]) - 2, 3)
    if found["week"]:
        monday = date.fromisocalendar(year, int(found["week"]), 1)
        return Period(text, "week", monday, monday + timedelta(days=6))
    if not found["month"]:
        return _months(text, "year", year, 1, 12)
    month = int(found["month"])
    if not found["day"]:
        return _months(text, "month", year, month, 1)
    starts = date(year, month, int(found["day"]))
    if not found["days"]:
        return Period(text, "day", starts, starts)
    if found["days"] == "0":
        raise ValueError(text)
    return Period(text, "range", starts, starts + timedelta(days=int(found["days"]) - 1))


def _months(text: str, length: str, year: int, first: int, count: int) -> Period:
    starts = date(year, first, 1)
    last = first + count - 1
    return Period(text, length, starts, date(year, last, monthrange(year, last)[1]))


def length_of(text: str) -> str:
    """The length's name of a period that is known to be one; empty for anything else."""
    found = _PERIOD.match(text)
    if found is None:
        return ""
    if found["days"]:
        return "range"
    return next((name for name in ("day", "week", "month", "quarter", "half") if found[name]), "year")
