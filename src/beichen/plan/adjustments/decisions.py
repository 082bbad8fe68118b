"""Deciding on an adjustment: government, standing committee, and putting it in force as a new version.

Each step has its own right, its day and its document, and nobody takes two steps of different authorities.
Putting it in force is one transaction: the version before is sealed, the facts change through the plan's own
writer, the new version begins; when any of it fails, none of it has happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.adjustments.models import Adjustment, AdjustmentState, Change, Decision, Version
from beichen.plan.adjustments.proposals import PROPOSE, check_changes, proposed
from beichen.plan.adjustments.versions import SEALED_VERSION, facts_in_force, reference_of, sealed
from beichen.plan.models import Plan, PlanIndicator
from beichen.plan.service import AmendmentFacts, amend_facts
from beichen.platforms.ledger.service import seal
from beichen.problem import Problem, ProblemError, Where, code, said, shorten
from beichen.web.numbers import COMPARATORS, figure

APPROVE = permission(
    "plan.adjustment.approve", "政府审定规划调整", "Approve an adjustment for the government"
)
RATIFY = permission(
    "plan.adjustment.ratify", "人大常委会批准规划调整", "Ratify an adjustment in the congress"
)
BAD_STEP = code("PLN-813", "An adjustment cannot take this step now.", status=409)
NO_DOCUMENT = code("PLN-814", "This step needs its document, or its reason.", status=422)
SAME_PERSON = code("PLN-815", "One person does not decide for two authorities.", status=409)
BEFORE = code("PLN-816", "A step's day lies before the step before it.", status=422)
EMPTY = code("PLN-817", "An adjustment without changes is not submitted.", status=422)


@dataclass(frozen=True, slots=True)
class Way:
    """A step out of a state; ``authority`` is who takes it."""

    target: AdjustmentState
    right: str
    authority: str
    needs: str = ""


_S = AdjustmentState
WAYS: Mapping[AdjustmentState, Mapping[str, Way]] = {
    _S.DRAFT: {"submit": Way(_S.SUBMITTED, PROPOSE, "planner")},
    _S.SUBMITTED: {
        "approve": Way(_S.APPROVED, APPROVE, "government", "document"),
        "return": Way(_S.DRAFT, APPROVE, "government", "note"),
        "reject": Way(_S.REJECTED, APPROVE, "government", "note"),
    },
    _S.APPROVED: {
        "ratify": Way(_S.RATIFIED, RATIFY, "congress", "document"),
        "refuse": Way(_S.REJECTED, RATIFY, "congress", "note"),
    },
    _S.RATIFIED: {"enact": Way(_S.IN_FORCE, APPROVE, "government", "document")},
}
_AUTHORITY: dict[AdjustmentState, str] = {
    way.target: way.authority for ways in WAYS.values() for way in ways.values() if way.target != _S.REJECTED
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a step is recorded with."""

    on: date
    document: str = ""
    note: str = ""


def _refuse(held: Adjustment, way: Way, stated: Said, by: Actor) -> None:
    """Raise everything that stands against a step."""
    problems: list[Problem] = []
    if way.needs and not getattr(stated, way.needs).strip():
        message = (
            said("this step needs its document")
            if way.needs == "document"
            else said("this step needs its reason")
        )
        problems.append(Problem(NO_DOCUMENT, message, Where(field=way.needs)))
    before = list(held.decisions.order_by("id"))
    if before and stated.on < before[-1].day:
        message = said("the step before was on {day}", day=before[-1].day)
        problems.append(Problem(BEFORE, message, Where(field="on")))
    others = {_AUTHORITY[AdjustmentState(row.state)] for row in before if row.by == by.key}
    if not by.is_system and others - {way.authority}:
        message = shorten(said("you decided for the {names} already", names=", ".join(sorted(others))))
        problems.append(Problem(SAME_PERSON, message))
    if way.target in (_S.SUBMITTED, _S.IN_FORCE):
        changes = list(held.changes.all())
        if not changes:
            problems.append(Problem(EMPTY, said("add at least one change")))
        problems += check_changes(held.plan, proposed(changes))
    if problems:
        raise ProblemError(*problems)


@transaction.atomic
def decide_adjustment(adjustment: Adjustment, step: str, stated: Said, *, by: Actor) -> Adjustment:
    """Take the step ``step`` of :data:`WAYS`. Publishes ``plan.adjustment.moved``.

    Raises ProblemError: ACC-403, PLN-813 to 817, what contradicts (PLN-801 to 807), and at the last step
    PLN-211 when a fact in force is no longer what the adjustment started from.
    """
    held = (
        Adjustment.objects.select_for_update(of=("self",))
        .select_related("plan__region")
        .get(pk=adjustment.pk)
    )
    ways = WAYS.get(AdjustmentState(held.state), {})
    way = ways.get(step)
    if way is None:
        hint = said("one of: {names}", names=", ".join(ways)) if ways else ""
        message = shorten(
            said("an adjustment that is {state} cannot take the step {step}", state=held.state, step=step)
        )
        raise ProblemError(Problem(BAD_STEP, message, hint=hint))
    require(by, way.right, held)
    _refuse(held, way, stated, by)
    held.state = way.target
    held.save(update_fields=["state"])
    document, note = stated.document.strip(), stated.note.strip()
    Decision.objects.create(
        adjustment=held, state=held.state, day=stated.on, document=document, note=note, by=by.key
    )
    if held.state == _S.IN_FORCE:
        _enact(held, stated, by)
    resource = f"plan_adjustments.adjustment:{held.plan.key}/{held.number}"
    detail = {"state": str(held.state), "document": document, "day": stated.on.isoformat()}
    audit.record(by, way.right, resource, detail=detail, reason=note)
    data = {"plan": held.plan.key, "number": held.number, "state": str(held.state)}
    path = held.plan.region.path if held.plan.region else ""
    publish("plan.adjustment.moved", f"{held.plan.key}/{held.number}", data, by=by, region=path)
    return held


def _printed(plan: Plan, change: Change, changes: list[Change]) -> AmendmentFacts | None:
    """What an indicator's table would print for its new target."""
    if change.kind != "indicators" or change.field not in {"target_value", "comparator"}:
        return None
    if change.field == "comparator" and any(
        other.key == change.key and other.field == "target_value" for other in changes
    ):
        return None  # said once, with the value
    row = PlanIndicator.objects.get(plan=plan, key=change.key)
    new = {item.field: item.new for item in changes if item.key == change.key}
    value = new.get("target_value", row.target_value)
    sign = COMPARATORS.get(new.get("comparator", row.comparator) or "", "")
    raw = "" if value is None else f"{sign}{figure(value)}"
    return AmendmentFacts("indicators", change.key, "target_raw", row.target_raw, raw, change.reason)


def _enact(adjustment: Adjustment, stated: Said, by: Actor) -> None:
    """Seal the version before, change the facts, begin the new version."""
    plan, changes = adjustment.plan, list(adjustment.changes.all())
    last = Version.objects.filter(plan=plan).order_by("-number").first()
    if last is None:
        last = Version.objects.create(plan=plan, number=1)
    facts = facts_in_force(plan)
    last.facts, last.sha256 = facts, sealed(facts)
    last.save(update_fields=["facts", "sha256"])
    seal(SEALED_VERSION.key, reference_of(plan, last.number), last.sha256, by=by)
    amendments = [
        AmendmentFacts(row.kind, row.key, row.field, row.old, row.new, row.reason) for row in changes
    ]
    amendments += [item for row in changes if (item := _printed(plan, row, changes)) is not None]
    amend_facts(plan, amendments, document=stated.document.strip(), by=by)
    Version.objects.create(
        plan=plan,
        number=last.number + 1,
        adjustment=adjustment,
        since=stated.on,
        document=stated.document.strip(),
    )
