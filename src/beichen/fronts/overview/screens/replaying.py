"""A day once more (回放): its full hours, each a snapshot like any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from beichen.fronts.overview.screens.looking import BAD_MOMENT
from beichen.problem import Problem, ProblemError, Where, said

HOURS = 24
FIRST_YEAR = 1949


@dataclass(frozen=True, slots=True)
class Replay:
    """A day in its hours until now: ``moments`` as addresses say them, ``step`` the one that is shown."""

    day: date
    moments: tuple[str, ...]
    step: int

    @property
    def at(self) -> str:
        """The moment that is shown."""
        return self.moments[self.step]

    @property
    def last(self) -> int:
        """The number of the last step."""
        return len(self.moments) - 1

    @property
    def before(self) -> str:
        """The day before."""
        return str(self.day - timedelta(days=1))

    @property
    def after(self) -> str:
        """The day after; empty for today."""
        following = self.day + timedelta(days=1)
        return str(following) if following <= timezone.localdate() else ""


def replay_of(day: str, step: str = "", *, now: datetime | None = None) -> Replay:
    """The day of an address; a step that it does not have is its first. Raises ProblemError OVW-104."""
    now = timezone.localtime(now or timezone.now())
    try:
        found = date.fromisoformat(day[:20])
    except ValueError:
        found = date.max
    if found.year < FIRST_YEAR or found > now.date():
        message = said("a day that has begun is expected, such as 2026-07-21")
        raise ProblemError(Problem(BAD_MOMENT, message, Where(field="replay")))
    begins = timezone.make_aware(datetime.combine(found, time.min))
    hours = [begins + timedelta(hours=hour) for hour in range(HOURS)]
    hours.append(begins + timedelta(hours=HOURS, minutes=-1))
    moments = tuple(f"{timezone.localtime(one):%Y-%m-%dT%H:%M}" for one in hours if one <= now)
    number = int(step) if step.isascii() and step.isdecimal() and len(step) < 3 else 0
    return Replay(found, moments, number if number < len(moments) else 0)
