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
from beichen.plan.monitoring.outlook import Ahead, Outlook, outlooks
from beichen.plan.monitoring.pace import Pace
from beichen.plan.monitoring.words import MODELS, pace_text, warned_words, why_no_forecast
from beichen.plan.monitoring.yearly import judge_year
from beichen.plan.monitoring.years import YearLine, year_lines

__all__ = [
    "MODELS",
    "RECORD",
    "Ahead",
    "Choice",
    "Outlook",
    "Pace",
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
    "outlooks",
    "pace_text",
    "plans_measured_by",
    "recompute",
    "set_aside_of",
    "warned_words",
    "warnings",
    "why_no_forecast",
    "year_lines",
]
