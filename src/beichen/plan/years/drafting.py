"""Year plans: drafted from the courses, changed with reasons, adopted, compared.

Only a draft is ever written to. What the city set itself for a year (政府工作报告) stands before what the
nature gives, with its source as the reason.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from beichen.hubs.data.models import AnnualTarget
from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.levels import Level
from beichen.plan.models import Plan
from beichen.plan.years.balances import imbalances
from beichen.plan.years.courses import Course, courses
from beichen.plan.years.models import Method, State, YearPlan, YearTarget
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

DRAFT = permission("plan.year.draft", "编制年度计划", "Draft the year's plan")
ADOPT = permission("plan.year.adopt", "批准年度计划", "Adopt the year's plan")
HAS_DRAFT = code("PLN-411", "The year has a draft already.", status=409)
NO_YEAR = code("PLN-412", "The year is none of the plan's.", status=404)
ADOPTED = code("PLN-413", "An adopted version does not change.", status=409)
NO_ROW = code("PLN-414", "The year's plan has no such target.", status=404)
NO_REASON = code("PLN-415", "A change gives no reason.", status=422)
BAD_VALUE = code("PLN-416", "A yearly target is not a number that can be kept.", status=422)
_MOST = Decimal(10) ** 17


def resource(row: YearPlan) -> str:
    """The version as the audit record names it."""
    return f"plan_years.yearplan:{row.plan.key}/{row.year}/{row.version}"


def tell(event: str, row: YearPlan, by: Actor, **data: object) -> None:
    """Publish what happened to a version."""
    path = row.plan.region.path if row.plan.region else ""
    stated = {"plan": row.plan.key, "year": row.year, "version": row.version, **data}
    publish(event, f"{row.plan.key}/{row.year}", stated, by=by, region=path, level=row.level)


def check_year(plan: Plan, year: int) -> None:
    """Raise ProblemError PLN-412 for a year outside the plan."""
    if not plan.start_year <= year <= plan.end_year:
        hint = said("from {start_year} to {end_year}", start_year=plan.start_year, end_year=plan.end_year)
        raise ProblemError(
            Problem(NO_YEAR, said("{year} is no year of the plan", year=year), Where(field="year"), hint)
        )


def generated(plan: Plan, year: int, lines: list[Course] | None = None) -> list[YearTarget]:
    """The year's targets as natures and the city's own yearly targets give them; nothing is saved."""
    found = courses(plan) if lines is None else lines
    stated = _stated(plan, year, found)
    rows = []
    for position, course in enumerate(found):
        value = course.values.get(year)
        row = YearTarget(
            key=course.key,
            number=course.number,
            part=course.part,
            name=course.name,
            unit=course.standing.unit,
            comparator=course.standing.goal.comparator,
            nature=course.nature.value,
            method=Method.COMPUTED,
            generated=value,
            value=value,
            reason=shorten(course.problem.message, 300) if course.problem else "",
            position=position,
        )
        own = stated.get(course.line)
        if own is not None:
            row.method, row.value, row.reason = Method.STATED, own[0], shorten(own[1], 300)
        rows.append(row)
    return rows


def _stated(plan: Plan, year: int, lines: list[Course]) -> dict[str, tuple[Decimal, str]]:
    """What the city set itself for the year, by line, in the plan's unit, with its source."""
    measured = {
        measure.statistic: (course.line, measure.factor)
        for course in lines
        for measure in course.standing.measures[:1]
        if measure.statistic
    }
    if plan.region is None or not measured:
        return {}
    rows = AnnualTarget.objects.filter(indicator__key__in=measured, region=plan.region, period=str(year))
    found = {}
    for row in rows.select_related("indicator"):
        line, factor = measured[row.indicator.key]
        found[line] = (row.value * Decimal(repr(factor)), row.source_title)
    return found


@transaction.atomic
def draft_year(plan: Plan, year: int, *, by: Actor) -> YearPlan:
    """A new draft: a copy of the adopted version, or generated where none is adopted.

    Raises ProblemError: ACC-403, PLN-411, PLN-412.
    """
    require(by, DRAFT, plan)
    check_year(plan, year)
    held = YearPlan.objects.select_for_update(of=("self",)).filter(plan=plan, year=year)
    if held.filter(state=State.DRAFT).exists():
        raise ProblemError(
            Problem(
                HAS_DRAFT, said("{year} has a draft already", year=year), hint=said("change or discard it")
            )
        )
    last = held.aggregate(Max("version"))["version__max"] or 0
    based_on = held.filter(state=State.ADOPTED).order_by("-version").first()
    row = YearPlan.objects.create(
        plan=plan,
        year=year,
        version=last + 1,
        based_on=based_on,
        drafted_by=by.key,
        drafted_at=timezone.now(),
    )
    targets = list(based_on.targets.all()) if based_on else generated(plan, year)
    for target in targets:
        target.pk, target.year_plan = None, row
    YearTarget.objects.bulk_create(targets, batch_size=500)
    detail = {"targets": len(targets), "based_on": based_on.version if based_on else None}
    audit.record(by, DRAFT, resource(row), detail=detail)
    tell("plan.year.drafted", row, by)
    return row


def refuse_adopted(row: YearPlan) -> None:
    """Raise ProblemError PLN-413 unless the version is a draft."""
    if row.state != State.DRAFT:
        hint = said("start a new draft: it becomes the next version")
        raise ProblemError(
            Problem(
                ADOPTED,
                said("version {version} of {year} is adopted", version=row.version, year=row.year),
                hint=hint,
            )
        )


def checked_reason(reason: str) -> str:
    """The reason, stripped. Raises ProblemError PLN-415 without one."""
    if not reason.strip():
        raise ProblemError(Problem(NO_REASON, said("say why the target is changed"), Where(field="reason")))
    return reason.strip()[:300]


def checked_value(value: Decimal | None) -> Decimal | None:
    """The value as it is kept. Raises ProblemError PLN-416."""
    if value is not None and (not value.is_finite() or abs(value) >= _MOST):
        raise ProblemError(
            Problem(BAD_VALUE, said("the target is not a number of this size"), Where(field="value"))
        )
    return value


def target_of(row: YearPlan, pk: int) -> YearTarget:
    """A target of the version. Raises ProblemError PLN-414."""
    found = row.targets.select_related("region").filter(pk=pk).first()
    if found is None:
        raise ProblemError(
            Problem(
                NO_ROW,
                said("version {version} of {year} has no such target", version=row.version, year=row.year),
            )
        )
    return found


@transaction.atomic
def change_target(
    row: YearPlan, pk: int, value: Decimal | None, *, reason: str, by: Actor
) -> YearTarget | None:
    """Put ``value`` in force for a target of a draft; None when it is so already.

    Raises ProblemError: ACC-403, PLN-413 to 416.
    """
    require(by, DRAFT, row)
    refuse_adopted(row)
    target = target_of(row, pk)
    why, new = checked_reason(reason), checked_value(value)
    if new == target.value:
        return None
    old, target.value = target.value, new
    target.method = Method.ENTERED if target.region_id else Method.EDITED
    target.reason, target.changed_by, target.changed_at = why, by.key, timezone.now()
    target.save(update_fields=["value", "method", "reason", "changed_by", "changed_at"])
    where = target.region.code if target.region else ""
    detail = {"line": f"{target.number}/{target.part}", "region": where, "old": str(old), "new": str(new)}
    audit.record(by, "plan.year.change", resource(row), detail=detail, reason=why)
    return target


@transaction.atomic
def adopt(row: YearPlan, *, note: str, by: Actor) -> YearPlan:
    """Adopt a draft as its year's plan: open from now on, and never changed again.

    Publishes ``plan.year.adopted``. Raises ProblemError: ACC-403, PLN-413, PLN-415 without a note, PLN-410
    for every line whose districts together fall short of the city.
    """
    require(by, ADOPT, row)
    held = YearPlan.objects.select_for_update(of=("self",)).select_related("plan__region").get(pk=row.pk)
    refuse_adopted(held)
    why = checked_reason(note)
    if short := imbalances(held):
        raise ProblemError(*short)
    held.state, held.level, held.note = State.ADOPTED, int(Level.L1), why
    held.adopted_by, held.adopted_at = by.key, timezone.now()
    held.save(update_fields=["state", "level", "note", "adopted_by", "adopted_at"])
    audit.record(by, ADOPT, resource(held), reason=why)
    tell("plan.year.adopted", held, by, note=why)
    return held


@transaction.atomic
def discard_draft(row: YearPlan, *, by: Actor) -> None:
    """Give a draft up; its number is free again. Raises ProblemError: ACC-403, PLN-413."""
    require(by, DRAFT, row)
    refuse_adopted(row)
    audit.record(by, "plan.year.discard", resource(row))
    tell("plan.year.discarded", row, by)
    row.delete()
