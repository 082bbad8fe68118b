"""Taking an affair back: its applicant while it runs (撤件), the body that decided afterwards (撤销).

What the affair gave through its doors goes with it, in the same transaction: a certificate is revoked. An
annulled affair stays concluded, in the time that it took; what is taken back is its decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.affair.finding import check_open, locked_affair
from beichen.fronts.services.affair.following import close_rows, keep_affair
from beichen.fronts.services.affair.stream import happened
from beichen.fronts.services.affair.version import version_of
from beichen.fronts.services.doors import Undoing, undo
from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.objection.standing import lapse
from beichen.fronts.services.permissions import START, SUPERVISE
from beichen.fronts.services.problems import not_now, stated
from beichen.fronts.services.words import Standing, Status
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.problem import said


@transaction.atomic
def withdraw(
    code: str, reason: str, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Affair:
    """The applicant takes the application back (撤件), as a clerk takes it.

    Raises ProblemError SRV-301 to 303, SRV-305, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    why = stated("reason", reason)
    access.require(by, START, affair)
    check_open(affair)
    close_rows(affair, moment)
    lapse(affair, moment)
    affair.status, affair.closed_at, affair.before, affair.pauses = Status.WITHDRAWN, moment, None, []
    happened(affair, "withdrawn", {"reason": why}, by=by, now=moment, right=START)
    keep_affair(affair)
    _undo(affair, why, by=by)
    return affair


@transaction.atomic
def annul(
    code: str, reason: str, *, by: Actor, expected: int | None = None, now: datetime | None = None
) -> Affair:
    """The body that decided takes its decision back (撤销), saying why; what it gave counts no more.

    Raises ProblemError SRV-301 to 303, SRV-305, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    why = stated("reason", reason)
    require_annulling(affair, by)
    if not is_decided(affair):
        raise not_now(said("there is no decision that could be taken back"))
    affair.annulled_at = moment
    happened(affair, "annulled", {"reason": why}, by=by, now=moment, body=decider_of(affair), right=SUPERVISE)
    affair.save(update_fields=["annulled_at", "version"])
    _undo(affair, why, by=by, is_annulled=True)
    return affair


def is_decided(affair: Affair) -> bool:
    """Whether an affair is concluded by a decision that stands."""
    return affair.status == Status.DONE and affair.annulled_at is None


def _deciding(affair: Affair) -> Task | None:
    """The last step that somebody completed; None where nobody did."""
    rows = Task.objects.filter(affair=affair, standing=Standing.DONE).select_related("body", "region")
    return rows.order_by("-closed_at", "-number").first()


def decider_of(affair: Affair) -> Body | None:
    """The body whose step was the last: it alone, and who supervises it, can take the decision back."""
    task = _deciding(affair)
    return task.body if task is not None else None


def may_annul(affair: Affair, by: Actor) -> bool:
    """Whether the actor supervises affairs at the body that decided."""
    return by.is_system or bool(access.decide(by, SUPERVISE, _deciding(affair) or affair))


def require_annulling(affair: Affair, by: Actor) -> None:
    """Raises ProblemError ACC-403 for who does not supervise affairs at the body that decided."""
    access.require(by, SUPERVISE, _deciding(affair) or affair)


def _undo(affair: Affair, why: str, *, by: Actor, is_annulled: bool = False) -> None:
    """The right to take the affair back was decided: no right over what it gave is asked for."""
    doors = [one.door for one in version_of(affair.definition).process.steps.values() if one.door]
    undo(doors, Undoing(affair.code, is_annulled, why, replace(by, is_system=True)))
