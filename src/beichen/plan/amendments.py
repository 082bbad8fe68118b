"""Changing facts in force by an adjustment (规划调整): the writer that adjustments and filings use.

An amendment is no correction. A correction says that the text was read wrongly; an amendment says that the
plan itself was changed, by whom and with which document. Both survive reading the text anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.corrections import fact
from beichen.plan.imports import KINDS
from beichen.plan.models import PLACE, Amendment, Fact, Plan, PlanState
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

AMEND = permission("plan.fact.amend", "使规划调整生效", "Put an adjustment of the plan in force")
PLACE_PLAN = permission("plan.plan.place", "改变规划状态", "Change a plan's state")
NOT_AMENDABLE = code(
    "PLN-209", "An adjustment names a field that facts of this kind do not have.", status=422
)
BAD_VALUE = code("PLN-210", "An adjusted value does not fit its field.", status=422)
CHANGED = code("PLN-211", "The fact in force is not what the adjustment started from.", status=409)
EXISTS = code("PLN-212", "The plan already has the fact that is to be added.", status=409)

ADJUSTABLE = ("indicators", "targets", "projects")


@dataclass(frozen=True, slots=True)
class AmendmentFacts:
    """One change: a field of a fact, or a whole fact (``field`` empty) added or removed."""

    kind: str
    key: str
    field: str
    old: Any
    new: Any
    reason: str


def values_of(row: Fact) -> dict[str, Any]:
    """A fact's place and values in force, as JSON holds them."""
    return {name: getattr(row, name) for name in (*PLACE, *row.VALUES)}


def clean_value(kind: str, field: str, value: Any) -> Any:
    """``value`` as facts of the kind hold it. Raises ProblemError PLN-209, PLN-210."""
    model, where = KINDS[kind], Where(field=field)
    if field not in model.CORRECTABLE and field not in model.VALUES:
        message = shorten(said("{kind} have no field {field}", kind=kind, field=field))
        raise ProblemError(Problem(NOT_AMENDABLE, message, where, nearest(field, model.CORRECTABLE)))
    column: Any = model._meta.get_field(field)
    if column.null and value in ("", None):
        return None
    try:
        return column.clean(value, None)
    except ValidationError as error:
        raise ProblemError(Problem(BAD_VALUE, shorten("; ".join(error.messages)), where)) from None


def _add(plan: Plan, item: AmendmentFacts) -> None:
    rows: Any = KINDS[item.kind]._default_manager
    if rows.filter(plan=plan, key=item.key).exists():
        raise ProblemError(
            Problem(EXISTS, shorten(said("{kind} {key} is there already", kind=item.kind, key=item.key)))
        )
    last = rows.filter(plan=plan).order_by("-position").values_list("position", flat=True).first()
    position = 0 if last is None else last + 1
    rows.create(plan=plan, key=item.key, position=position, imported={}, **item.new)


def _set(plan: Plan, item: AmendmentFacts) -> None:
    row = fact(plan, item.kind, item.key)
    held = getattr(row, item.field)
    if held != item.old:
        message = shorten(
            said(
                "{field} of {row} is {held} now, not {old}",
                field=item.field,
                row=row,
                held=held,
                old=item.old,
            )
        )
        raise ProblemError(Problem(CHANGED, message, Where(field=item.field), said("propose it anew")))
    setattr(row, item.field, clean_value(item.kind, item.field, item.new))
    row.save(update_fields=[item.field])


def _apply(plan: Plan, item: AmendmentFacts) -> None:
    if item.kind not in ADJUSTABLE:
        hint = nearest(item.kind, ADJUSTABLE)
        raise ProblemError(
            Problem(NOT_AMENDABLE, shorten(said("{kind} are not adjusted", kind=item.kind)), hint=hint)
        )
    if item.field:
        _set(plan, item)
    elif item.new is None:
        fact(plan, item.kind, item.key).delete()
    else:
        _add(plan, item)


@transaction.atomic
def amend_facts(plan: Plan, changes: Sequence[AmendmentFacts], *, document: str, by: Actor) -> None:
    """Put ``changes`` in force, all or none. Publishes ``plan.facts.amended``.

    Raises ProblemError: ACC-403, PLN-202, PLN-209 to 212; then nothing has changed.
    """
    require(by, AMEND, plan)
    problems: list[Problem] = []
    for item in changes:
        try:
            _apply(plan, item)
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(*problems)
    now = timezone.now()
    Amendment.objects.bulk_create(
        Amendment(
            plan=plan, kind=item.kind, key=item.key, field=item.field, old=item.old, new=item.new,
            document=document, reason=item.reason, by=by.key, at=now,
        )
        for item in changes
    )  # fmt: skip
    detail = {"changes": len(changes), "document": document}
    audit.record(by, AMEND, f"plan.plan:{plan.key}", detail=detail)
    path = plan.region.path if plan.region else ""
    publish("plan.facts.amended", plan.key, {"plan": plan.key, **detail}, by=by, region=path)


@transaction.atomic
def place_plan(plan: Plan, state: PlanState, *, by: Actor) -> None:
    """Say whether a plan is in force. Publishes ``plan.plan.placed``. Raises ProblemError ACC-403."""
    require(by, PLACE_PLAN, plan)
    if plan.state == state:
        return
    plan.state = state
    plan.save(update_fields=["state"])
    audit.record(by, PLACE_PLAN, f"plan.plan:{plan.key}", detail={"state": str(state)})
    path = plan.region.path if plan.region else ""
    publish("plan.plan.placed", plan.key, {"plan": plan.key, "state": str(state)}, by=by, region=path)
