"""A project's approvals and elements: written one by one, each with its history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.plan.investment.codes import BAD_DATE, BAD_FIELD
from beichen.plan.investment.declared import APPROVALS, ApprovalState, ElementKind, ElementState
from beichen.plan.investment.models import Approval, Element, Investment
from beichen.plan.investment.register import as_json, note
from beichen.plan.investment.rights import require_writer
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten


def _refuse_unknown(field: str, value: str, valid: Any) -> None:
    if value not in valid:
        hint = nearest(value, valid)
        raise ProblemError(
            Problem(
                BAD_FIELD,
                shorten(said("{field}: {value} is not known", field=field, value=value)),
                Where(field=field),
                hint,
            )
        )


@transaction.atomic
def set_approval(
    row: Investment,
    kind: str,
    state: str,
    *,
    by: Actor,
    number: str = "",
    on: date | None = None,
    body: str = "",
    reason: str = "",
    today: date | None = None,
) -> Approval | None:
    """Write how far an approval is; an empty state takes it back to "no data".

    Raises ProblemError: ACC-403; PLN-602 for an unknown kind or state, or a grant without number or
    day; PLN-604 for a day in the future.
    """
    require_writer(by, row)
    _refuse_unknown("kind", kind, APPROVALS)
    if state:
        _refuse_unknown("state", state, ApprovalState.values)
    problems = []
    if state == ApprovalState.GRANTED and not (number.strip() and on):
        problems.append(Problem(BAD_FIELD, said("a grant has its number and day"), Where(field="number")))
    if on is not None and on > (today or timezone.localdate()):
        problems.append(Problem(BAD_DATE, said("{on} lies in the future", on=on), Where(field="on")))
    if problems:
        raise ProblemError(*problems)
    found = Approval.objects.filter(investment=row, kind=kind).first()
    before = [found.state, found.number, as_json(found.on), found.body] if found else None
    after = [state, number.strip(), as_json(on), body.strip()] if state else None
    if before == after:
        return found
    if after is None:
        Approval.objects.filter(investment=row, kind=kind).delete()
        found = None
    else:
        values = {"state": state, "number": number.strip(), "on": on, "body": body.strip()}
        found, _ = Approval.objects.update_or_create(investment=row, kind=kind, defaults=values)
    note(row, "approval", {kind: [before, after]}, by=by, reason=reason)
    return found


@transaction.atomic
def set_element(
    row: Investment, kind: str, state: str, *, by: Actor, amount: str = "", reason: str = ""
) -> Element | None:
    """Write whether another element is there; an empty state takes it back to "no data".

    Raises ProblemError: ACC-403, PLN-602.
    """
    require_writer(by, row)
    _refuse_unknown("kind", kind, ElementKind.values)
    if state:
        _refuse_unknown("state", state, ElementState.values)
    found = Element.objects.filter(investment=row, kind=kind).first()
    before = [found.state, found.amount] if found else None
    after = [state, amount.strip()] if state else None
    if before == after:
        return found
    if after is None:
        Element.objects.filter(investment=row, kind=kind).delete()
        found = None
    else:
        values = {"state": state, "amount": amount.strip()}
        found, _ = Element.objects.update_or_create(investment=row, kind=kind, defaults=values)
    note(row, "element", {kind: [before, after]}, by=by, reason=reason)
    return found
