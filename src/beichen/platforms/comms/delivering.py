"""Delivering: claim what is due, hand it to its channel, mark what became of it.

**At least once.** A claim is a transaction of its own that moves rows to ``sending`` with a lease. Whoever
dies between the claim and the mark leaves rows whose lease runs out; the next sweep sends them again under
the same number (the Message-ID of a mail), so that the other side can tell. :data:`CLAIM` rows are claimed,
sent and marked at a time: that bounds how many are sent twice, and keeps a slow server within the lease.

A channel that does not answer is asked once a run: the rest of its parcels wait for the next attempt.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.platforms.comms import channels
from beichen.platforms.comms.channels import AwayError, GoneError, Parcel, RefusedError, TroubleError
from beichen.platforms.comms.channels.channel import Send
from beichen.platforms.comms.marking import ATTEMPTS, Result, mark
from beichen.platforms.comms.models import Delivery
from beichen.platforms.comms.parcels import parcel_of, secrets_of
from beichen.platforms.comms.words import DUE, Reason, State

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
CLAIM, ROUNDS = 25, 200
Clock = Callable[[], datetime]


@transaction.atomic
def claim(now: datetime, message: int | None = None) -> list[Delivery]:
    """Take up to :data:`CLAIM` deliveries that are due; nobody else sends them until the lease ends."""
    due = Delivery.objects.select_for_update(skip_locked=True).filter(state__in=DUE, next_at__lte=now)
    if message is not None:
        due = due.filter(message=message)
    numbers = list(due.order_by("next_at").values_list("pk", flat=True)[:CLAIM])
    values = {"state": State.SENDING, "next_at": now + LEASE, "attempts": F("attempts") + 1}
    Delivery.objects.filter(pk__in=numbers).update(**values)
    claimed = Delivery.objects.filter(pk__in=numbers).select_related("message__region")
    return list(claimed.order_by("channel", "pk"))


class Run:
    """One run over what is due: sessions are opened when first needed and kept to its end."""

    def __init__(self, sessions: ExitStack) -> None:
        self._sessions = sessions
        self._open: dict[str, Send] = {}
        self._away: dict[str, str] = {}

    def _session(self, name: str) -> Send:
        """Raises AwayError, RefusedError where the settings no longer name the channel."""
        if name in self._away:
            raise AwayError(self._away[name])
        if name not in self._open:
            found = channels.channel(name)
            if not found.is_set_up():
                raise RefusedError("this channel is not set up any more")
            self._open[name] = self._sessions.enter_context(found.open())
        return self._open[name]

    def attempt(self, row: Delivery, parcel: Parcel) -> Result:
        """Send one parcel; every failure is a result."""
        if row.attempts > ATTEMPTS:  # whoever tried the last time died of it
            return Result(row, error="nobody came back from the last attempt", reason=Reason.GAVE_UP)
        try:
            return Result(row, outcome=self._session(row.channel)(parcel))
        except GoneError as error:
            return Result(row, error=str(error), reason=Reason.UNSUBSCRIBED)
        except RefusedError as error:
            return Result(row, error=str(error), reason=Reason.REFUSED)
        except TroubleError as error:
            return Result(row, error=str(error))
        except AwayError as error:
            self._away[row.channel] = str(error)
            logger.warning("%s does not answer: %s", row.channel, error)
            return Result(row, error=str(error))
        except Exception as error:
            # A fault of ours in one parcel must not stop the others.
            logger.exception("%s could not be sent by %s", row.number, row.channel)
            return Result(row, error=f"{type(error).__name__}: {error}")


def deliver_due(*, by: Actor, clock: Clock = timezone.now, message: int | None = None) -> dict[str, int]:
    """Send what is due, of one message or of all; how many deliveries came into which state.

    Publishes ``comms.delivery.failed`` at the end of the attempts. Never raises for what a channel does.
    """
    counts: Counter[str] = Counter()
    with ExitStack() as sessions:
        run = Run(sessions)
        for _round in range(ROUNDS):
            claimed = claim(clock(), message)
            if not claimed:
                break
            secrets = secrets_of(claimed)
            results = [run.attempt(row, parcel_of(row, secrets)) for row in claimed]
            counts.update(mark(results, by=by, now=clock()))
    return dict(counts)
