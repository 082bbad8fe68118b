"""What can be done with adjustments: propose, decide, put in force, read and compare versions."""

from __future__ import annotations

from beichen.plan.adjustments.contradictions import FIELDS, REMOVABLE, Proposed, contradictions
from beichen.plan.adjustments.decisions import APPROVE, RATIFY, WAYS, Said, decide_adjustment
from beichen.plan.adjustments.effects import dependents, other_plans, standings_after
from beichen.plan.adjustments.proposals import (
    PROPOSE,
    add_change,
    adjustment_of,
    drop_change,
    propose,
)
from beichen.plan.adjustments.versions import (
    compare,
    current_number,
    facts_in_force,
    facts_of,
    versions,
)

__all__ = [
    "APPROVE",
    "FIELDS",
    "PROPOSE",
    "RATIFY",
    "REMOVABLE",
    "WAYS",
    "Proposed",
    "Said",
    "add_change",
    "adjustment_of",
    "compare",
    "contradictions",
    "current_number",
    "decide_adjustment",
    "dependents",
    "drop_change",
    "facts_in_force",
    "facts_of",
    "other_plans",
    "propose",
    "standings_after",
    "versions",
]
