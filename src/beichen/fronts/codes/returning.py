"""Giving back what a gate took (退回): a ride that broke down, a loan that was no loan.

The person asks from their own log, and may say that they no longer do until it is decided. The reader's
body decides, with a reason that the person sees, and may undo it. Who asks is not named to the body, and no
case is opened: where somebody was stays between the two.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from beichen.fronts.codes.models import Counter, Return, ReturnState, Scan
from beichen.fronts.codes.permissions import RETURN
from beichen.fronts.codes.problems import NO_RETURN, NO_SCAN, reason_of, wrong
from beichen.fronts.codes.reconciling import count_day
from beichen.fronts.codes.scanning import own_scans
from beichen.kernel.access import service as access
from beichen.kernel.access.service import person_code
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.problem import ProblemError, said

_S = ReturnState
STEPS: dict[str, tuple[set[str], ReturnState]] = {
    "give": ({"", _S.ASKED, _S.REFUSED, _S.UNDONE, _S.WITHDRAWN}, _S.GIVEN),
    "refuse": ({_S.ASKED}, _S.REFUSED),
    "undo": ({_S.GIVEN}, _S.UNDONE),
}
"""From which states a step leads where; empty: nobody has asked."""


def returns(*, by: Actor) -> QuerySet[Return]:
    """What the actor's readers were asked for and gave back. Raises ProblemError ACC-403."""
    access.require(by, RETURN)
    return access.visible(by, RETURN, Return.objects.select_related("reader", "entitlement"))


def returns_of(by: Actor) -> dict[str, Return]:
    """What became of whoever's own scans, by number."""
    rows = Return.objects.filter(person__code=person_code(by) or "-")
    return {row.reference: row for row in rows}


def own_scan(reference: str, *, by: Actor) -> Scan:
    """A scan of whoever asks. Raises ProblemError COD-306."""
    row = own_scans(by).filter(nonce=_typed(reference)).first()
    if row is None:
        raise _unknown()
    return row


@transaction.atomic
def ask_back(reference: str, wish: str, *, by: Actor, now: datetime | None = None) -> Return:
    """Ask the reader's body for what was taken, saying why. Raises ProblemError COD-306, COD-307, COD-105."""
    scan = own_scan(reference, by=by)
    row = _rows().filter(reference=scan.nonce).first() or _begun(scan)
    if row.state not in {"", _S.WITHDRAWN}:
        raise wrong(NO_RETURN, "reference", said("this was asked for already"))
    row.state, row.wish, row.changed_at = _S.ASKED, reason_of(wish), now or timezone.now()
    _save(row)
    audit.record(by, "codes.return.ask", _resource(row), subject=row.person.code)
    return row


@transaction.atomic
def ask_no_more(reference: str, *, by: Actor, now: datetime | None = None) -> Return:
    """Whoever asked no longer does: what they wrote is forgotten. Raises ProblemError COD-306, COD-307."""
    row = _rows().filter(reference=_typed(reference), person__code=person_code(by) or "-").first()
    if row is None:
        raise _unknown()
    if row.state != _S.ASKED:
        raise wrong(NO_RETURN, "reference", said("this is not asked for, or was decided meanwhile"))
    row.state, row.wish, row.changed_at = _S.WITHDRAWN, "", now or timezone.now()
    row.save()
    audit.record(by, "codes.return.withdraw", _resource(row), subject=row.person.code)
    return row


@transaction.atomic
def decide_return(
    reference: str, step: str, reason: str, *, by: Actor, now: datetime | None = None
) -> Return:
    """give, refuse or undo, with a reason that the person sees.

    Raises ProblemError ACC-403, COD-306 for what none of the actor's readers has read, COD-307, COD-105.
    """
    access.require(by, RETURN)
    row = _found(_typed(reference), by)
    before, after = STEPS.get(step, (set(), _S.GIVEN))
    if row.state not in before:
        message = said("what is {state} cannot take the step {step}", state=row.state or "-", step=step[:20])
        raise wrong(NO_RETURN, "step", message)
    if person_code(by) == row.person.code:
        raise wrong(NO_RETURN, "reference", said("nobody decides about what they took themselves"))
    given_at = row.changed_at if step == "undo" else None
    row.reason, row.state = reason_of(reason), after
    row.changed_at, row.changed_by = now or timezone.now(), by.key[:120]
    if step != "refuse":
        _put(row, 1 if step == "give" else -1)
    _save(row)
    if given_at is not None:
        count_day(timezone.localtime(given_at).date())
    _record(row, step, by)
    return row


def _found(reference: str, by: Actor) -> Return:
    """The row of what was read under a number; a new one where nobody has asked."""
    row = _rows().filter(reference=reference).first()
    if row is None:
        scans = Scan.objects.select_related("person", "reader__body", "entitlement")
        scan = scans.filter(nonce=reference).first()
        if scan is None or not access.decide(by, RETURN, scan.reader):
            raise _unknown()
        return _begun(scan)
    if not access.decide(by, RETURN, row):
        raise _unknown()
    return row


def _rows() -> QuerySet[Return]:
    """Locked, so that one step is taken after another."""
    rows = Return.objects.select_for_update(of=("self",))
    return rows.select_related("person", "reader__body", "entitlement")


def _save(row: Return) -> None:
    """A number has one row: of two who begin it at once, the later is told so and sees what the other did."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise wrong(NO_RETURN, "reference", said("somebody decided about this at the same time")) from None


def _begun(scan: Scan) -> Return:
    if not scan.took or scan.entitlement is None:
        raise wrong(NO_RETURN, "reference", said("nothing was taken there"))
    return Return(
        reference=scan.nonce,
        person=scan.person,
        reader=scan.reader,
        entitlement=scan.entitlement,
        round=scan.took,
        taken_at=scan.at,
        place=scan.place,
    )


def _put(row: Return, number: int) -> None:
    """One more on the counter, or one less: of the round from which it was taken, never below nothing."""
    counters = Counter.objects.filter(person=row.person, entitlement=row.entitlement, round=row.round)
    if number < 0:
        counters = counters.filter(left__gt=0, returned__gt=0)
    if not counters.update(left=F("left") + number, returned=F("returned") + number):
        used = said("it has been used meanwhile, or the counter was filled anew")
        full = said("the counter has been filled anew since")
        raise wrong(NO_RETURN, "reference", used if number < 0 else full)


def _typed(reference: str) -> str:
    return reference.replace("\0", "").strip().lower()[:20]


def _unknown() -> ProblemError:
    return wrong(NO_SCAN, "reference", said("nothing was read under this number"))


def _resource(row: Return) -> str:
    return f"fronts_codes.reader:{row.reader.key}"


def _record(row: Return, step: str, by: Actor) -> None:
    detail = {"entitlement": row.entitlement.key, "step": step, "reference": row.reference}
    audit.record(by, RETURN, _resource(row), detail=detail, reason=row.reason, subject=row.person.code)
    data = {"entitlement": row.entitlement.key, "reader": row.reader.key, "state": row.state}
    bus.publish("codes.return.decided", row.reference, data, by=by, level=3)
