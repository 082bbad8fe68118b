"""Assigning duties: who leads, who supports, by when, and why; many at once, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.org.models import Body
from beichen.plan.duties import codes
from beichen.plan.duties.history import Deed, keep
from beichen.plan.duties.models import Duty
from beichen.plan.duties.rights import ASSIGN
from beichen.plan.models import Plan
from beichen.problem import Problem, ProblemError, Where, said

YEARS_AFTER = 15  # a plan's long-range objectives reach this far beyond its last year


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be changed of a duty; what is None stays as it is."""

    duty: Duty
    lead: Body | None = None
    supporting: Sequence[Body] | None = None
    deadline: date | None = None


def deadline_years(plan: Plan, day: date) -> str:
    """The years that the plan can set when ``day`` lies outside them; empty when it lies within."""
    first, last = plan.start_year, plan.end_year + YEARS_AFTER
    return "" if first <= day.year <= last else f"{first}–{last}"


def _check(plan: Plan, wanted: Sequence[Assignment], reason: str) -> None:
    problems = []
    if not wanted:
        problems.append(Problem(codes.NOTHING, said("choose at least one duty"), Where(field="duties")))
    if not reason.strip():
        problems.append(
            Problem(codes.NO_REASON, said("say why, or by which decision"), Where(field="reason"))
        )
    days = {item.deadline for item in wanted if item.deadline is not None}
    problems += [
        Problem(codes.DEADLINE, said("the day lies outside the plan's years"), Where(field="deadline"), years)
        for day in sorted(days)
        if (years := deadline_years(plan, day))
    ]
    bodies = {body for item in wanted for body in (item.lead, *(item.supporting or ())) if body}
    problems += [
        Problem(codes.NO_BODY, said("the body is one no more"), Where(field="lead"), body.name)
        for body in bodies
        if not body.is_current
    ]
    if problems:
        raise ProblemError(*problems)


def _supporters(duties: Iterable[Duty]) -> dict[int, list[int]]:
    links = Duty.supporting.through.objects.filter(duty__in=[duty.pk for duty in duties])
    found: dict[int, list[int]] = {}
    for duty, body in links.order_by("id").values_list("duty_id", "body_id"):
        found.setdefault(duty, []).append(body)
    return found


def _changed(
    item: Assignment, before: Sequence[int], today: date
) -> tuple[dict[str, Any], list[Body] | None]:
    """What differs, for the history, and the supporting bodies when those differ; the duty is amended."""
    duty = item.duty
    detail: dict[str, Any] = {}
    if item.lead is not None and duty.lead_id != item.lead.pk:
        detail["lead"] = item.lead.key
        duty.lead, duty.region_id, duty.assigned_on = (
            item.lead,
            item.lead.region_id or duty.plan.region_id,
            today,
        )
    if item.deadline is not None and duty.deadline != item.deadline:
        detail["deadline"] = item.deadline.isoformat()
        duty.deadline = item.deadline
    if item.supporting is None:
        return detail, None
    supporting = [body for body in item.supporting if body.pk != duty.lead_id]
    if sorted(body.pk for body in supporting) == sorted(before):
        return detail, None
    detail["supporting"] = [body.key for body in supporting]
    return detail, supporting


def _write(changed: Mapping[int, tuple[Duty, list[Body] | None]]) -> None:
    duties = [duty for duty, _supporting in changed.values()]
    Duty.objects.bulk_update(duties, ["lead", "region", "deadline", "assigned_on", "is_demo"], batch_size=400)
    through = Duty.supporting.through
    renewed = {pk: bodies for pk, (_duty, bodies) in changed.items() if bodies is not None}
    through.objects.filter(duty__in=renewed).delete()
    through.objects.bulk_create(
        [through(duty_id=pk, body_id=body.pk) for pk, bodies in renewed.items() for body in bodies],
        batch_size=400,
    )


@transaction.atomic
def assign_duties(
    plan: Plan,
    wanted: Sequence[Assignment],
    *,
    reason: str,
    by: Actor,
    now: datetime | None = None,
    is_demo: bool = False,
) -> list[Duty]:
    """Put assignments in force; returns the duties that changed.

    Publishes ``plan.duty.assigned`` with them. Raises ProblemError with every mistake: ACC-403, PLN-302
    to PLN-305.
    """
    require(by, ASSIGN, plan)
    _check(plan, wanted, reason)
    moment = now or timezone.now()
    before = _supporters(item.duty for item in wanted)
    changed: dict[int, tuple[Duty, list[Body] | None]] = {}
    deeds = []
    for item in wanted:
        detail, supporting = _changed(item, before.get(item.duty.pk, []), timezone.localdate(moment))
        if detail:
            item.duty.is_demo = is_demo
            changed[item.duty.pk] = (item.duty, supporting)
            deeds.append(Deed(item.duty, "assigned", reason.strip(), detail))
    if changed:
        _write(changed)
        keep(deeds, by=by, now=moment)
        _tell(plan, deeds, reason.strip(), by)
    return [duty for duty, _supporting in changed.values()]


@transaction.atomic
def take_back(plan: Plan, duties: Sequence[Duty], *, reason: str, by: Actor) -> list[Duty]:
    """Leave duties without bodies again; deadline, milestones and reports stay. Raises as assigning does."""
    require(by, ASSIGN, plan)
    _check(plan, [Assignment(duty) for duty in duties], reason)
    held = [duty for duty in duties if duty.lead_id is not None]
    deeds = [
        Deed(duty, "unassigned", reason.strip(), {"lead": duty.lead.key if duty.lead else ""})
        for duty in held
    ]
    for duty in held:
        duty.lead, duty.region_id, duty.assigned_on, duty.is_demo = None, plan.region_id, None, False
    if held:
        _write({duty.pk: (duty, []) for duty in held})
        keep(deeds, by=by, now=timezone.now())
        _tell(plan, deeds, reason.strip(), by)
    return held


def _tell(plan: Plan, deeds: Sequence[Deed], reason: str, by: Actor) -> None:
    named = [f"{deed.duty.kind}/{deed.duty.key}" for deed in deeds]
    detail = {"duties": named, "verb": deeds[0].verb}
    audit.record(by, ASSIGN, f"plan_duties.duty:{plan.key}", detail=detail, reason=reason)
    path = plan.region.path if plan.region else ""
    publish("plan.duty.assigned", plan.key, {"plan": plan.key, **detail}, by=by, region=path)
