"""What can be done with plans: import their facts, correct and confirm them, measure them."""

from __future__ import annotations

from beichen.kernel.access.service import permission
from beichen.plan.corrections import CORRECT, confirm_fact, correct_fact, fact
from beichen.plan.imports import IMPORT, KINDS, corrections_of, import_facts
from beichen.plan.measurement import TOLERANCE, Direction, Goal, Period, Point, Verdict, measure, path_value
from beichen.plan.measures import MeasureFacts, load_measures
from beichen.plan.queries import box_counts, current_plan, facts_between, name_in_english, source_text
from beichen.plan.reasoning import words
from beichen.plan.standing import Standing, standing_of, standings

__all__ = [
    "CORRECT",
    "IMPORT",
    "KINDS",
    "READ",
    "TOLERANCE",
    "Direction",
    "Goal",
    "MeasureFacts",
    "Period",
    "Point",
    "Standing",
    "Verdict",
    "box_counts",
    "confirm_fact",
    "correct_fact",
    "corrections_of",
    "current_plan",
    "fact",
    "facts_between",
    "import_facts",
    "load_measures",
    "measure",
    "name_in_english",
    "path_value",
    "source_text",
    "standing_of",
    "standings",
    "words",
]

READ = permission("plan.read", "查看规划", "Read the plan")
