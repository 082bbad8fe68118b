"""What can be done in monitoring: bring values by file, judge, forecast, warn, read how things stand."""

from __future__ import annotations

from beichen.plan.monitoring.applying import (
    RECORD,
    Choice,
    apply_file,
    bring_file,
    entries_of,
    file_of,
    set_aside_of,
)
from beichen.plan.monitoring.following import follow
from beichen.plan.monitoring.forecasting import forecasts, make_forecasts
from beichen.plan.monitoring.judging import history, plans_measured_by, recompute, warnings
from beichen.plan.monitoring.yearly import judge_year
from beichen.plan.monitoring.years import YearLine, year_lines

__all__ = [
    "RECORD",
    "Choice",
    "YearLine",
    "apply_file",
    "bring_file",
    "entries_of",
    "file_of",
    "follow",
    "forecasts",
    "history",
    "judge_year",
    "make_forecasts",
    "plans_measured_by",
    "recompute",
    "set_aside_of",
    "warnings",
    "year_lines",
]
