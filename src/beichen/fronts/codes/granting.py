"""Granting entitlements, and what becomes of them: suspended, valid again, revoked, extended by a new
grant."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from beichen.fronts.codes.bodies import body_of
from beichen.fronts.codes.models import Counter, Entitlement, Grant, GrantState
from beichen.fronts.codes.permissions import EDIT_GRANTS, READ_GRANTS
from beichen.fronts.codes.problems import BAD_GRANT, NO_ENTITLEMENT, NO_PERSON, reason_of, wrong
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, said

_S = GrantState
WAYS = {"suspend": ({_S.VALID}, _S.SUSPENDED), "resume": ({_S.SUSPENDED}, _S.VALID)}
STEPS = ("suspend", "resume", "revoke")


def find_entitlement(key: str) -> Entitlement:
    """The entitlement that is offered under this key. Raises ProblemError COD-301."""
    row = Entitlement.objects.select_related("grantor").filter(key=key, is_current=True).first()
    if row is None:
        raise ProblemError(Problem(NO_ENTITLEMENT, said("no entitlement has this key")))
    return row


def grants(*, by: Actor) -> QuerySet[Grant]:
    """What the actor's bodies have granted. Raises ProblemError ACC-403."""
    access.require(by, READ_GRANTS)
    rows = Grant.objects.select_related("entitlement__grantor", "person")
    return access.visible(by, READ_GRANTS, rows)


def person_with(code: str) -> Person:
    """The person of this code. Raises ProblemError COD-303."""
    row = Person.objects.filter(code=code.replace("\0", "").strip().upper()[:16]).first()
    if row is None:
        raise wrong(NO_PERSON, "person", said("nobody has this code"))
    return row


@transaction.atomic
def grant(
    entitlement: Entitlement,
    person: Person,
    *,
    by: Actor,
    is_demo: bool = False,
    now: datetime | None = None,
    until: datetime | None = None,
) -> Grant:
    """Grant it, or grant it anew: valid from now for the days that are declared, its counter full.

    Raises ProblemError ACC-403, COD-302 for what every resident has anyway, COD-305 while there is no body
    that grants it.
    """
    _require(by, entitlement)
    if entitlement.is_open:
        raise wrong(BAD_GRANT, "entitlement", said("every resident has it without a grant"))
    moment = now or timezone.now()
    days = timedelta(days=entitlement.days)
    values = {
        "state": _S.VALID,
        "since": moment,
        "until": until or (moment + days if entitlement.days else None),
        "reason": "",
        "changed_at": moment,
        "changed_by": by.key[:120],
        "is_demo": is_demo or by.is_simulator,
    }
    row, _is_new = Grant.objects.update_or_create(entitlement=entitlement, person=person, defaults=values)
    _fill(entitlement, person)
    _record(row, "grant", "", by)
    return row


@transaction.atomic
def change_grant(number: int, step: str, reason: str, *, by: Actor, now: datetime | None = None) -> Grant:
    """suspend, resume or revoke. Raises ProblemError ACC-403, COD-301, COD-302, COD-105."""
    rows = Grant.objects.select_for_update(of=("self",)).select_related("entitlement__grantor", "person")
    row = rows.filter(pk=number).first()
    if row is None:
        raise ProblemError(Problem(NO_ENTITLEMENT, said("there is no such grant")))
    access.require(by, EDIT_GRANTS, row)
    before, after = WAYS.get(step, ({_S.VALID, _S.SUSPENDED}, _S.REVOKED))
    if step not in STEPS or row.state not in before:
        message = said("what is {state} cannot take the step {step}", state=row.state, step=step[:20])
        raise wrong(BAD_GRANT, "step", message)
    row.reason, row.state = reason_of(reason), after
    row.changed_at, row.changed_by = now or timezone.now(), by.key[:120]
    row.save(update_fields=["reason", "state", "changed_at", "changed_by"])
    _record(row, step, row.reason, by)
    return row


def suspend_open(entitlement: Entitlement, person: Person, reason: str, *, by: Actor) -> Grant:
    """Suspend for one person what every resident has. Raises ProblemError ACC-403, COD-105, COD-305."""
    with transaction.atomic():
        _require(by, entitlement)
        why, moment = reason_of(reason), timezone.now()
        values = {
            "state": _S.SUSPENDED,
            "since": moment,
            "reason": why,
            "changed_at": moment,
            "changed_by": by.key[:120],
        }
        row, _is_new = Grant.objects.update_or_create(entitlement=entitlement, person=person, defaults=values)
        _record(row, "suspend", why, by)
    return row


def _fill(entitlement: Entitlement, person: Person) -> None:
    """The counter is full again, and begins its next round; nothing is written before the first use."""
    full = entitlement.start or 0
    rows = Counter.objects.filter(entitlement=entitlement, person=person)
    rows.update(start=full, left=full, taken=0, returned=0, forgotten=0, round=F("round") + 1)


def _require(by: Actor, entitlement: Entitlement) -> None:
    """Whoever may grant something anywhere is told what this waits for; only its body's people grant it."""
    access.require(by, EDIT_GRANTS)
    body_of(entitlement)
    access.require(by, EDIT_GRANTS, entitlement)


def _record(row: Grant, step: str, reason: str, by: Actor) -> None:
    resource = f"fronts_codes.grant:{row.pk}"
    detail = {"entitlement": row.entitlement.key, "step": step}
    audit.record(by, EDIT_GRANTS, resource, detail=detail, reason=reason, subject=row.person.code)
    data = {"entitlement": row.entitlement.key, "state": row.state}
    bus.publish(
        f"codes.grant.{'granted' if step == 'grant' else 'changed'}", str(row.pk), data, by=by, level=3
    )
