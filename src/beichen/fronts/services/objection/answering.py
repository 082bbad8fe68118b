"""Answering an objection: the body that decided says whether it holds, and why; who filed it is told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.affair.finding import check_open, locked_affair
from beichen.fronts.services.affair.following import keep_affair
from beichen.fronts.services.affair.pausing import pause
from beichen.fronts.services.affair.stream import happened
from beichen.fronts.services.models import Affair
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.standing import release
from beichen.fronts.services.objection.words import ANSWERS, Ruling
from beichen.fronts.services.permissions import HANDLE, SUPERVISE
from beichen.fronts.services.problems import NO_OBJECTION, bad, not_now, stated
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, nearest, said, shorten

UPHELD = "异议成立，需重新作出决定 / an objection is upheld: the decision is to be made anew"


@transaction.atomic
def answer(
    code: str,
    objection: str,
    ruling: str,
    reason: str,
    *,
    by: Actor,
    expected: int | None = None,
    now: datetime | None = None,
) -> Affair:
    """Answer an objection to the affair's notice: ``upheld`` or ``dismissed``, with the reason (异议答复).

    When it is upheld and the process does not ask for that itself, the affair is suspended: nothing is
    granted by the clock. Raises ProblemError SRV-301 to 303, SRV-305, SRV-532, ACC-403.
    """
    moment = now or timezone.now()
    affair = locked_affair(code, by=by, expected=expected)
    row = find(affair, objection)
    right = answering(row, by=by)
    check_open(affair)
    if not row.is_open:
        raise not_now(said("this objection is answered already"))
    if ruling not in ANSWERS:
        raise bad("ruling", said("this is not one of the outcomes"), nearest(ruling[:40], ANSWERS))
    row.answer, row.ruling, row.answered_at = stated("reason", reason), Ruling(ruling), moment
    row.by, row.by_name = by.key, by.name[:100]
    row.save(update_fields=["answer", "ruling", "answered_at", "by", "by_name"])
    release(affair)
    detail = {"objection": row.code, "ruling": ruling, "reason": row.answer}
    happened(
        affair, "objection-answered", detail, by=by, now=moment, step=row.step, body=row.body, right=right
    )
    if ruling == Ruling.UPHELD and not _asks(affair, row.step):
        _suspend(affair, by, moment, right)
    keep_affair(affair)
    return affair


def find(affair: Affair, objection: str) -> Objection:
    """The objection of this number to the affair. Raises ProblemError SRV-532."""
    rows = Objection.objects.select_related("body", "affair__region", "person")
    row = rows.filter(affair=affair, code=objection.strip().upper()[:20]).first()
    if row is None:
        raise no_objection(objection)
    return row


def no_objection(code: str) -> ProblemError:
    """The error for an objection that is not there, or not for who asks."""
    return ProblemError(
        Problem(NO_OBJECTION, shorten(said("there is no objection {code!r}", code=code[:30])))
    )


def answering(row: Objection, *, by: Actor) -> str:
    """The right by which the actor answers an objection. Raises ProblemError ACC-403."""
    if by.is_system or access.decide(by, HANDLE, row):
        return HANDLE
    access.require(by, SUPERVISE, row)
    return SUPERVISE


def _asks(affair: Affair, step: str) -> bool:
    """Whether the process's diagrams ask for the notice's outcome, and lead on by it."""
    return any(f"{step}.outcome" in str(text) for text in affair.definition.files.values())


def _suspend(affair: Affair, by: Actor, now: datetime, right: str) -> None:
    if any(one["kind"] == "suspended" for one in affair.pauses):
        return
    pause(affair, "suspended", {"reason": UPHELD}, now)
    happened(affair, "suspended", {"reason": UPHELD}, by=by, now=now, right=right)
