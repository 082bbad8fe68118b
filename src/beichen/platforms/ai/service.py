"""What can be done with models: declare them, run them, see what they foretell and find, and how well."""

from __future__ import annotations

from beichen.platforms.ai.declaring import declare_models, find_model, look, missing_of, models
from beichen.platforms.ai.judging import judge_forecasts
from beichen.platforms.ai.reading import (
    Course,
    Outlook,
    course_of,
    findings_of,
    outlooks,
    predictions_of,
    runs_of,
    scores_of,
    with_last_run,
)
from beichen.platforms.ai.requesting import request_run
from beichen.platforms.ai.rights import READ
from beichen.platforms.ai.running import run_model
from beichen.platforms.ai.words import OUTCOME_NAMES, Outcome

__all__ = [
    "OUTCOME_NAMES",
    "READ",
    "Course",
    "Outcome",
    "Outlook",
    "course_of",
    "declare_models",
    "find_model",
    "findings_of",
    "judge_forecasts",
    "look",
    "missing_of",
    "models",
    "outlooks",
    "predictions_of",
    "request_run",
    "run_model",
    "runs_of",
    "scores_of",
    "with_last_run",
]
