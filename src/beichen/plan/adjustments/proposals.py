"""Writing a proposal: an adjustment of a plan, and its changes one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.plan.adjustments.contradictions import NO_REASON, Proposed, contradictions
from beichen.plan.adjustments.models import Adjustment, AdjustmentState, Change
from beichen.plan.adjustments.versions import label_of
from beichen.plan.models import Measure, Node, Plan
from beichen.plan.service import ADJUSTABLE, clean_value, fact, values_of
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

PROPOSE = permission("plan.adjustment.propose", "提出规划调整方案", "Propose an adjustment of the plan")
NO_ADJUSTMENT = code("PLN-810", "The plan has no such adjustment.", status=404)
NOT_A_DRAFT = code("PLN-811", "Only a draft of an adjustment is changed.", status=409)
NO_BOX = code("PLN-812", "A project is added to a box that the plan does not have.", status=422)


def adjustment_of(plan: Plan, number: int) -> Adjustment:
    """An adjustment of a plan. Raises ProblemError PLN-810."""
    found = Adjustment.objects.select_related("plan__region").filter(plan=plan, number=number).first()
    if found is None:
        raise ProblemError(Problem(NO_ADJUSTMENT, said("there is no adjustment {number}", number=number)))
    return found


@transaction.atomic
def propose(plan: Plan, title: str, reason: str, *, by: Actor, is_demo: bool = False) -> Adjustment:
    """A new adjustment, as an empty draft. Raises ProblemError: ACC-403, PLN-804."""
    require(by, PROPOSE, plan)
    if not reason.strip() or not title.strip():
        field = "title" if reason.strip() else "reason"
        raise ProblemError(
            Problem(NO_REASON, said("an adjustment has a title and a reason"), Where(field=field))
        )
    last = plan.adjustments.order_by("-number").values_list("number", flat=True).first() or 0
    row = Adjustment.objects.create(
        plan=plan, number=last + 1, title=title.strip(), reason=reason.strip(), by=by.key, is_demo=is_demo
    )
    audit.record(by, PROPOSE, f"plan_adjustments.adjustment:{plan.key}/{row.number}", reason=row.title)
    return row


def _draft(adjustment: Adjustment, by: Actor) -> Adjustment:
    held = Adjustment.objects.select_for_update(of=("self",)).get(pk=adjustment.pk)
    require(by, PROPOSE, held)
    if held.state != AdjustmentState.DRAFT:
        raise ProblemError(
            Problem(NOT_A_DRAFT, said("it is {state}", state=held.state), hint=said("propose another"))
        )
    return held


def proposed(changes: Sequence[Change]) -> list[Proposed]:
    """Stored changes as they are checked."""
    return [Proposed(row.kind, row.key, row.field, row.new, row.reason, row.justification) for row in changes]


def check_changes(plan: Plan, changes: Sequence[Proposed]) -> list[Problem]:
    """Everything that stands against the changes as the plan is now, facts that are not there included."""
    problems: list[Problem] = []
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    for item in changes:
        if item.kind not in ADJUSTABLE or (not item.field and item.new is not None):
            continue
        try:
            facts[item.kind, item.key] = values_of(fact(plan, item.kind, item.key))
        except ProblemError as error:
            problems += error.problems
    measured = Measure.objects.filter(plan=plan).order_by("-position").values_list("number", "direction")
    less = {number: direction == "lower" for number, direction in measured}
    directions = {
        key: less[values["number"]]
        for key, values in facts.items()
        if key[0] == "indicators" and values["number"] in less
    }
    return problems + contradictions(changes, facts, (plan.start_year, plan.end_year), directions)


def _project(plan: Plan, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a project that is to be added. Raises ProblemError PLN-812."""
    boxes = dict(Node.objects.filter(plan=plan, level="box").values_list("location", "title"))
    box = str(values.get("box", ""))
    if box not in boxes or not str(values.get("name", "")).strip():
        hint = nearest(box, boxes) if box not in boxes else said("give it a name")
        raise ProblemError(
            Problem(
                NO_BOX,
                shorten(said("{box} or no name", box=box) if box else said("no box, or no name")),
                Where(field="box"),
                hint,
            )
        )
    end = len(plan.text.text)
    return {
        "box": box,
        "box_title": boxes[box],
        "group": str(values.get("group", "")),
        "name": str(values["name"]).strip(),
        "description": str(values.get("description", "")),
        "location": box,
        "start": end,  # it stands nowhere in the text
        "end": end,
    }


@transaction.atomic
def add_change(adjustment: Adjustment, item: Proposed, *, by: Actor) -> Change:
    """Add a change to a draft; nothing is kept when anything stands against it.

    Raises ProblemError: ACC-403, PLN-202, PLN-209, PLN-210, PLN-801 to 807, PLN-811, PLN-812.
    """
    held = _draft(adjustment, by)
    plan, key, new, old = held.plan, item.key, item.new, None
    if item.field:
        row = fact(plan, item.kind, key)
        old, label = getattr(row, item.field, None), label_of(values_of(row))
        new = clean_value(item.kind, item.field, new)
    elif new is None:
        row = fact(plan, item.kind, key)
        old = values_of(row)
        label = label_of(old)
    else:
        new = _project(plan, new)
        label = new["name"]
        key = hashlib.sha256(f"{plan.key}|{held.number}|{new['box']}|{label}".encode()).hexdigest()[:16]
    candidate = Proposed(item.kind, key, item.field, new, item.reason, item.justification)
    changes = [*proposed(list(held.changes.all())), candidate]
    problems = check_changes(plan, changes)
    if problems:
        raise ProblemError(*problems)
    change = Change.objects.create(
        adjustment=held,
        kind=item.kind,
        key=key,
        field=item.field,
        label=label,
        old=old,
        new=new,
        reason=item.reason.strip(),
        justification=item.justification.strip(),
    )
    resource = f"plan_adjustments.adjustment:{plan.key}/{held.number}"
    audit.record(by, PROPOSE, resource, detail={"change": str(change)}, reason=change.reason)
    return change


@transaction.atomic
def drop_change(change: Change, *, by: Actor) -> None:
    """Take a change out of a draft. Raises ProblemError: ACC-403, PLN-811."""
    held = _draft(change.adjustment, by)
    resource = f"plan_adjustments.adjustment:{held.plan.key}/{held.number}"
    audit.record(by, PROPOSE, resource, detail={"dropped": str(change)})
    change.delete()
