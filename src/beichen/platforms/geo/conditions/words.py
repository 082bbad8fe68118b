"""The operators of conditions: their names in CQL2-JSON, and what each costs a row."""

from __future__ import annotations

COMPARISONS = {"=", "<>", "<", ">", "<=", ">="}
ARITHMETIC = {"+", "-", "*", "/", "%", "div", "^"}
FOLDS = {"casei", "accenti"}
LOGIC = {"and", "or", "not"}
SPATIAL = {
    "s_contains",
    "s_crosses",
    "s_disjoint",
    "s_equals",
    "s_intersects",
    "s_overlaps",
    "s_touches",
    "s_within",
}
_TEMPORAL = (
    "t_after",
    "t_before",
    "t_contains",
    "t_disjoint",
    "t_during",
    "t_equals",
    "t_finishedBy",
    "t_finishes",
    "t_intersects",
    "t_meets",
    "t_metBy",
    "t_overlappedBy",
    "t_overlaps",
    "t_startedBy",
    "t_starts",
)
TEMPORAL = {name.lower(): name for name in _TEMPORAL}
"""As they are compared, without regard to case, to as they are written in JSON."""

OPERATORS = {
    *COMPARISONS,
    *ARITHMETIC,
    *FOLDS,
    *LOGIC,
    *SPATIAL,
    *_TEMPORAL,
    "between",
    "in",
    "like",
    "isNull",
}
MAX_CHARACTERS = 8_000
MAX_DEPTH = 32
MAX_COST = 400
"""What a row may cost, in comparisons."""

COSTS = {**dict.fromkeys(SPATIAL, 40), "like": 8, "casei": 8, "accenti": 16}
