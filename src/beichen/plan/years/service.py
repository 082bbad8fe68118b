"""What can be done with a plan's years: divide targets, draft, change, allot, adopt, compare, read."""

from __future__ import annotations

from beichen.plan.years.balances import balances, whole_of
from beichen.plan.years.choosing import choose_nature, course_of
from beichen.plan.years.courses import Course, courses, line_of, part_of
from beichen.plan.years.decomposition import Nature
from beichen.plan.years.districts import allot, districts_of
from beichen.plan.years.drafting import (
    ADOPT,
    DRAFT,
    adopt,
    change_target,
    check_year,
    discard_draft,
    draft_year,
    target_of,
)
from beichen.plan.years.reading import (
    Difference,
    adopted_version,
    compare,
    draft_of,
    targets_of,
    versions,
    year_targets,
)
from beichen.plan.years.worklist import Work, work_list

__all__ = [
    "ADOPT",
    "DRAFT",
    "Course",
    "Difference",
    "Nature",
    "Work",
    "adopt",
    "adopted_version",
    "allot",
    "balances",
    "change_target",
    "check_year",
    "choose_nature",
    "compare",
    "course_of",
    "courses",
    "discard_draft",
    "districts_of",
    "draft_of",
    "draft_year",
    "line_of",
    "part_of",
    "target_of",
    "targets_of",
    "versions",
    "whole_of",
    "work_list",
    "year_targets",
]
