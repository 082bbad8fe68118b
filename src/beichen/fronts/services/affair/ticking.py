"""Timers whose time has come: each fires once, in a transaction of its own, however often it is told to."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone

from beichen.fronts.services.affair.acting import conclude
from beichen.fronts.services.affair.finding import lock
from beichen.fronts.services.affair.following import keep, take_up, write
from beichen.fronts.services.affair.stream import happened
from beichen.fronts.services.models import Timer
from beichen.fronts.services.objection.standing import hold, outcome_of
from beichen.fronts.services.problems import UNANSWERED
from beichen.fronts.services.words import CLOSED
from beichen.kernel.actor import system
from beichen.problem import ProblemError

CLOCK = system("clock")
TICK = 500
"""How many timers :func:`tick` lets fire at once."""
AGAIN = timedelta(hours=1)
"""How long a timer waits that could not fire, twice as long each time."""
_log = logging.getLogger(__name__)


def tick(now: datetime | None = None, *, most: int = TICK) -> int:
    """Let the timers fire whose time has come; returns how many were due.

    One that cannot fire (a body is missing, an expression fails) is tried again later and keeps none waiting;
    a public notice waits until the objections to it are answered.
    """
    moment = now or timezone.now()
    due = Timer.objects.filter(closed_at=None, due_at__isnull=False, due_at__lte=moment, held_at=None)
    keys = list(due.order_by("due_at").values_list("pk", flat=True)[:most])
    for key in keys:
        try:
            fire(key, moment)
        except OperationalError:
            raise  # the database is away: for all of them
        except ProblemError as error:
            _put_off(key, moment, error)
        except Exception:  # noqa: BLE001 - whatever it is, it is this affair's alone
            _log.exception("timer %s could not fire", key)
            _later(key, moment)
    return len(keys)


@transaction.atomic
def fire(key: int, now: datetime) -> bool:
    """Let one timer fire; whether it did: one that was fired, stopped or overtaken meanwhile does not.

    Raises ProblemError SRV-307, SRV-308, SRV-310.
    """
    code = Timer.objects.values_list("affair__code", flat=True).get(pk=key)
    affair = lock(code)
    if affair is None:
        return False
    timer = Timer.objects.get(pk=key)  # read after the affair was locked
    is_due = timer.closed_at is None and timer.due_at is not None and timer.due_at <= now
    if not is_due or affair.status in CLOSED:
        return False
    hand = take_up(affair, by=CLOCK, now=now)
    come_to = outcome_of(affair, timer.step, timer.opened_at) if timer.is_public else ""
    hand.run.fire(str(timer.engine_id), come_to)
    timer.closed_at, timer.is_fired = now, True
    timer.save(update_fields=["closed_at", "is_fired"])
    affair.before = None
    told = keep(hand)
    happened(affair, "timer-fired", told, by=CLOCK, now=now, step=timer.step, parcel=hand.parcel)
    conclude(hand)
    write(hand)
    return True


def _put_off(key: int, now: datetime, error: ProblemError) -> None:
    if error.problems[0].code == UNANSWERED:
        _hold(key, now)
    else:
        _log.warning("timer %s could not fire: %s", key, error)
        _later(key, now)


@transaction.atomic
def _hold(key: int, now: datetime) -> None:
    """Let a timer wait for answers, unless the last was given meanwhile: the next tick lets it fire then."""
    affair = lock(Timer.objects.values_list("affair__code", flat=True).get(pk=key))
    timer = Timer.objects.get(pk=key)
    if affair is not None and timer.closed_at is None:
        hold(affair, timer, now)


def _later(key: int, now: datetime) -> None:
    row = Timer.objects.filter(pk=key, closed_at=None).first()
    if row is not None:
        row.failures += 1
        row.due_at = now + AGAIN * 2 ** min(row.failures - 1, 6)
        row.save(update_fields=["failures", "due_at"])
