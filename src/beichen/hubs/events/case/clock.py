"""The clock of a stage: when it is due, when it warns, and what is left when it stops.

Pure but for the calendar. A clock is part of the event that starts it, so that a case derived anew has
the deadlines that it had, whatever the calendar or the kind say today.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from beichen.kernel.calendar import service as calendar

ALERTS = (50, 80, 100)
"""At which shares of its time, in percent, a clock warns; the last one is overdue."""
AGAIN = timedelta(hours=24)
"""How long after a clock ran out its supervisors are told again."""


class Clock(Struct, frozen=True, kw_only=True):
    """A running clock of one stage; ``alerts`` are its instants of :data:`ALERTS`."""

    stage: str
    since: datetime
    due: datetime
    is_working: bool
    alerts: tuple[datetime, ...]

    def alert_after(self, alerted: int) -> datetime | None:
        """When the clock next has something to say, given the share that it last warned at."""
        for share, instant in zip(ALERTS, self.alerts, strict=True):
            if share > alerted:
                return instant
        return self.due + AGAIN * (1 + (alerted - ALERTS[-1]) // 100)

    def share_at(self, now: datetime, alerted: int) -> int:
        """The highest share to warn of at ``now``: 50, 80, 100, then 200, 300 and so on a day apart."""
        reached = [share for share, at in zip(ALERTS, self.alerts, strict=True) if at <= now]
        if not reached or reached[-1] < ALERTS[-1]:
            return max(reached, default=0)
        days = (now - self.due) // AGAIN
        return ALERTS[-1] * (1 + days)

    def left(self, now: datetime) -> timedelta:
        """The time that is left, working time where the clock counts that; below zero when it is over."""
        if not self.is_working:
            return self.due - now
        if now <= self.due:
            return calendar.working_time_between(now, self.due)
        return -calendar.working_time_between(self.due, now)


def start(stage: str, now: datetime, limit: timedelta, *, is_working: bool) -> Clock:
    """A clock that starts now: whole working days end with the day's work (see ``calendar.deadline``)."""
    return _clock(stage, now, calendar.deadline(now, limit, working=is_working), is_working)


def resume(stage: str, now: datetime, left: timedelta, *, is_working: bool) -> Clock:
    """A clock that goes on with what was left when it stopped; what is over is due at once."""
    rest = max(left, timedelta())
    due = calendar.working_time().add(now, rest) if is_working else now + rest
    return _clock(stage, now, due, is_working)


def extend(clock: Clock, longer: timedelta) -> Clock:
    """The same clock, due later by ``longer``."""
    due = calendar.deadline(clock.due, longer, working=clock.is_working)
    return _clock(clock.stage, clock.since, due, clock.is_working)


def _clock(stage: str, since: datetime, due: datetime, is_working: bool) -> Clock:
    return Clock(
        stage=stage, since=since, due=due, is_working=is_working, alerts=_alerts(since, due, is_working)
    )


def _alerts(since: datetime, due: datetime, is_working: bool) -> tuple[datetime, ...]:
    working = calendar.working_time()
    total = working.between(since, due) if is_working else due - since
    early = [total * share / 100 for share in ALERTS[:-1]]
    instants = [working.add(since, part) if is_working else since + part for part in early]
    return (*(min(instant, due) for instant in instants), due)
