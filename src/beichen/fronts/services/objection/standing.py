"""What objections hold up: a notice does not end, and nothing is granted, while one is unanswered."""

from __future__ import annotations

from datetime import datetime

from beichen.fronts.services.models import Affair, Timer
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.problems import UNANSWERED
from beichen.fronts.services.signs import name_of
from beichen.problem import Problem, ProblemError, said, shorten


def require_answered(affair: Affair) -> None:
    """Raises ProblemError SRV-310 while an objection to the affair's notice waits: whose word is missing."""
    row = Objection.objects.select_related("body").filter(affair=affair, ruling=Ruling.WAITING).first()
    if row is not None:
        message = said("the objection {code} to the public notice is not answered yet", code=row.code)
        hint = said("who handles steps at {body} answers it", body=name_of(row.body))
        raise ProblemError(Problem(UNANSWERED, shorten(message), hint=hint))


def hold(affair: Affair, timer: Timer, now: datetime) -> bool:
    """Let a timer of a locked affair wait for the answers; whether one is missing still."""
    if not Objection.objects.filter(affair=affair, ruling=Ruling.WAITING).exists():
        return False
    timer.held_at = now
    timer.save(update_fields=["held_at"])
    return True


def release(affair: Affair) -> None:
    """Let timers go on that waited for answers, once all are given: the next tick lets them fire."""
    if not Objection.objects.filter(affair=affair, ruling=Ruling.WAITING).exists():
        Timer.objects.filter(affair=affair, closed_at=None, held_at__isnull=False).update(held_at=None)


def outcome_of(affair: Affair, step: str, since: datetime) -> str:
    """What a notice has come to: ``upheld`` when an objection to it was, else ``clear``."""
    upheld = Objection.objects.filter(affair=affair, step=step, ruling=Ruling.UPHELD, filed_at__gte=since)
    return "upheld" if upheld.exists() else "clear"


def lapse(affair: Affair, now: datetime) -> None:
    """The applicant took the application back: there is nothing left to object to."""
    waiting = Objection.objects.filter(affair=affair, ruling=Ruling.WAITING)
    waiting.update(ruling=Ruling.LAPSED, answered_at=now)
