"""Correcting and confirming facts: what a person says about what the importer read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.service import permission, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.plan.imports import KINDS
from beichen.plan.models import Correction, Fact, Plan
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

CORRECT = permission("plan.fact.correct", "更正规划要素", "Correct a plan's facts")
NO_FACT = code("PLN-202", "The plan has no such fact.", status=404)
NOT_CORRECTABLE = code("PLN-203", "This field of a fact cannot be corrected.", status=422)
BAD_VALUE = code("PLN-204", "The corrected value does not fit its field.", status=422)
ADJUSTED = code("PLN-213", "An adjusted value cannot be corrected as a reading.", status=409)
NO_REASON = code("PLN-205", "A correction gives no reason.", status=422)


def fact(plan: Plan, kind: str, key: str) -> Fact:
    """A fact of a plan. Raises ProblemError PLN-202."""
    model = KINDS.get(kind)
    rows: Any = model._default_manager if model else None
    found: Fact | None = rows.filter(plan=plan, key=key).first() if rows is not None else None
    if found is None:
        hint = nearest(kind, KINDS) if model is None else ""
        raise ProblemError(
            Problem(NO_FACT, shorten(said("there is no fact {kind} {key}", kind=kind, key=key)), hint=hint)
        )
    return found


def _cleaned(row: Fact, field: str, value: Any) -> Any:
    """``value`` as the field holds it. Raises ProblemError PLN-203 or PLN-204."""
    where = Where(field=field)
    if field not in row.CORRECTABLE:
        hint = nearest(field, row.CORRECTABLE)
        raise ProblemError(
            Problem(NOT_CORRECTABLE, shorten(said("{field} cannot be corrected", field=field)), where, hint)
        )
    column: Any = row._meta.get_field(field)
    if column.null and value in ("", None):
        return None
    try:
        return column.clean(value, row)
    except ValidationError as error:
        message = shorten("; ".join(error.messages))
        raise ProblemError(Problem(BAD_VALUE, message, where)) from None


@transaction.atomic
def correct_fact(
    plan: Plan, kind: str, key: str, field: str, value: Any, *, reason: str, by: Actor
) -> Correction | None:
    """Put ``value`` in force for a fact's field and mark the fact as checked; None if it is so already.

    Publishes ``plan.fact.corrected``. Raises ProblemError: ACC-403, PLN-202 to 205, PLN-213.
    """
    row = fact(plan, kind, key)
    require(by, CORRECT, row)
    if not reason.strip():
        raise ProblemError(Problem(NO_REASON, said("say why the value is wrong"), Where(field="reason")))
    if plan.amendments.filter(kind=kind, key=key, field__in=[field, ""]).exists():
        message = said("an adjustment set this value; it is no reading of the text")
        raise ProblemError(
            Problem(ADJUSTED, message, Where(field="value"), said("propose another adjustment"))
        )
    new = _cleaned(row, field, value)
    old = getattr(row, field)
    if new == old:
        return None
    now = timezone.now()
    correction = Correction.objects.create(
        plan=plan, kind=kind, key=key, field=field, old=old, new=new, reason=reason.strip(), by=by.key, at=now
    )
    setattr(row, field, new)
    row.checked_by, row.checked_at = by.key, now
    row.save(update_fields=[field, "checked_by", "checked_at"])
    detail = {"field": field, "old": old, "new": new}
    audit.record(by, CORRECT, f"plan.{kind}:{plan.key}/{key}", detail=detail, reason=reason.strip())
    path = plan.region.path if plan.region else ""
    data = {"plan": plan.key, "kind": kind, "key": key, **detail}
    publish("plan.fact.corrected", f"{plan.key}/{key}", data, by=by, region=path)
    return correction


@transaction.atomic
def confirm_fact(plan: Plan, kind: str, key: str, *, by: Actor) -> Fact:
    """Mark a fact as compared with the text and found right. Raises ProblemError: ACC-403, PLN-202."""
    row = fact(plan, kind, key)
    require(by, CORRECT, row)
    if not row.is_checked:
        row.checked_by, row.checked_at = by.key, timezone.now()
        row.save(update_fields=["checked_by", "checked_at"])
        audit.record(by, "plan.fact.confirm", f"plan.{kind}:{plan.key}/{key}")
    return row
