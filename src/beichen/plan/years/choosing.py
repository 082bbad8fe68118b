"""Choosing another nature for a line than the proposed one, and what drafts make of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.models import Plan
from beichen.plan.years.courses import Course, courses
from beichen.plan.years.decomposition import Nature
from beichen.plan.years.drafting import DRAFT, checked_reason
from beichen.plan.years.models import Method, NatureChoice, State, YearTarget
from beichen.problem import Problem, ProblemError, code, said

NO_LINE = code("PLN-417", "The plan's table has no such line.", status=404)


def course_of(plan: Plan, line: str) -> Course:
    """The course of a line. Raises ProblemError PLN-417."""
    found = next((course for course in courses(plan) if course.line == line), None)
    if found is None:
        raise ProblemError(Problem(NO_LINE, said("the table has no line {line}", line=line[:40])))
    return found


@transaction.atomic
def choose_nature(
    plan: Plan,
    line: str,
    nature: Nature,
    *,
    reason: str,
    by: Actor,
    source: str = "",
    factor: Decimal = Decimal(1),
    shares: Sequence[Decimal] = (),
    steps: Sequence[int] = (),
) -> Course:
    """Divide a line by ``nature`` from now on; drafts follow where nobody has changed them by hand.

    Publishes ``plan.nature.chosen``. Raises ProblemError before anything is kept: ACC-403, PLN-415, PLN-417,
    and what dividing by this nature refuses (PLN-401 to 408).
    """
    require(by, DRAFT, plan)
    why, before = checked_reason(reason), course_of(plan, line)
    choice = NatureChoice(
        plan=plan,
        key=before.key,
        part=before.part,
        nature=nature.value,
        source=source if nature is Nature.DERIVED else "",
        factor=factor,
        shares=[str(share) for share in shares] if nature is Nature.CUMULATIVE else [],
        steps=list(steps) if nature is Nature.STEP else [],
        reason=why,
        by=by.key,
        at=timezone.now(),
    )
    tried = courses(plan, trial=choice)
    found = next(course for course in tried if course.line == line)
    if found.problem is not None:
        raise ProblemError(found.problem)
    choice.save()
    _follow(plan, tried)
    detail = {"line": line, "old": before.nature.value, "new": nature.value}
    audit.record(by, "plan.nature.choose", f"plan.plan:{plan.key}", detail=detail, reason=why)
    path = plan.region.path if plan.region else ""
    publish("plan.nature.chosen", f"{plan.key}/{line}", {"plan": plan.key, **detail}, by=by, region=path)
    return found


def _follow(plan: Plan, lines: list[Course]) -> None:
    """Give drafts' computed targets the values of the courses."""
    drafts = YearTarget.objects.filter(
        year_plan__plan=plan, year_plan__state=State.DRAFT, region=None
    ).select_related("year_plan")
    by_line = {(course.key, course.part): course for course in lines}
    changed = []
    for row in drafts:
        course = by_line.get((row.key, row.part))
        if course is None:
            continue
        row.generated, row.nature = course.values.get(row.year_plan.year), course.nature.value
        if row.method == Method.COMPUTED:
            row.value, row.reason = row.generated, course.problem.message if course.problem else ""
        changed.append(row)
    YearTarget.objects.bulk_update(changed, ["generated", "nature", "value", "reason"], batch_size=200)
