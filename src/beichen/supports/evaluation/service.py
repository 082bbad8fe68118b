"""What can be done with evaluations: write and adopt schemes, run rounds, review, appeal, read results."""

from __future__ import annotations

from beichen.supports.evaluation.appeals import decide_appeal, file_appeal
from beichen.supports.evaluation.facts import CriterionFacts, SchemeFacts
from beichen.supports.evaluation.inputs import assess, give_points, report_on
from beichen.supports.evaluation.results import (
    current_result,
    history_of,
    published_rounds,
    result_of,
    results_of,
)
from beichen.supports.evaluation.review import comment_on, correct_score
from beichen.supports.evaluation.rights import (
    ADOPT,
    APPEAL,
    ASSESS,
    DECIDE,
    DESIGN,
    INSPECT,
    READ,
    REPORT,
    REVIEW,
    RUN,
    rounds_for,
    schemes_for,
)
from beichen.supports.evaluation.rounds import Pace, advance_round, extend_round, open_round
from beichen.supports.evaluation.schemes import (
    adopt_scheme,
    draft_scheme,
    load_schemes,
    next_version,
    remove_criterion,
    save_criterion,
)
from beichen.supports.evaluation.surveys import import_survey

__all__ = [
    "ADOPT",
    "APPEAL",
    "ASSESS",
    "DECIDE",
    "DESIGN",
    "INSPECT",
    "READ",
    "REPORT",
    "REVIEW",
    "RUN",
    "CriterionFacts",
    "Pace",
    "SchemeFacts",
    "adopt_scheme",
    "advance_round",
    "assess",
    "comment_on",
    "correct_score",
    "current_result",
    "decide_appeal",
    "draft_scheme",
    "extend_round",
    "file_appeal",
    "give_points",
    "history_of",
    "import_survey",
    "load_schemes",
    "next_version",
    "open_round",
    "published_rounds",
    "remove_criterion",
    "report_on",
    "result_of",
    "results_of",
    "rounds_for",
    "save_criterion",
    "schemes_for",
]
