"""What can be done with plans: import their facts, correct and confirm them, measure them."""

from __future__ import annotations

from beichen.kernel.access.service import permission
from beichen.plan.amendments import (
    ADJUSTABLE,
    AMEND,
    AmendmentFacts,
    amend_facts,
    clean_value,
    place_plan,
    values_of,
)
from beichen.plan.corrections import CORRECT, confirm_fact, correct_fact, fact
from beichen.plan.importer import PlanFacts, read_plan
from beichen.plan.imports import IMPORT, KINDS, PlanPlace, corrections_of, import_facts
from beichen.plan.likeness import ALIKE, Name, likeness, lower_is_better, name_of
from beichen.plan.measurement import TOLERANCE, Direction, Goal, Period, Point, Verdict, measure, path_value
from beichen.plan.measures import MeasureFacts, load_measures
from beichen.plan.queries import (
    box_counts,
    current_plan,
    facts_between,
    name_in_english,
    plan_by_key,
    source_text,
)
from beichen.plan.reasoning import words
from beichen.plan.standing import OWN, Standing, own_statistic, standing_of, standings, standings_of

__all__ = [
    "ADJUSTABLE",
    "ALIKE",
    "AMEND",
    "CORRECT",
    "IMPORT",
    "KINDS",
    "OWN",
    "READ",
    "READ_DRAFTS",
    "TOLERANCE",
    "AmendmentFacts",
    "Direction",
    "Goal",
    "MeasureFacts",
    "Name",
    "Period",
    "PlanFacts",
    "PlanPlace",
    "Point",
    "Standing",
    "Verdict",
    "amend_facts",
    "box_counts",
    "clean_value",
    "confirm_fact",
    "correct_fact",
    "corrections_of",
    "current_plan",
    "fact",
    "facts_between",
    "import_facts",
    "likeness",
    "load_measures",
    "lower_is_better",
    "measure",
    "name_in_english",
    "name_of",
    "own_statistic",
    "path_value",
    "place_plan",
    "plan_by_key",
    "read_plan",
    "source_text",
    "standing_of",
    "standings",
    "standings_of",
    "values_of",
    "words",
]

READ = permission("plan.read", "查看规划", "Read the plan")
READ_DRAFTS = permission("plan.draft.read", "查看未生效规划", "Read plans that are not in force yet")
