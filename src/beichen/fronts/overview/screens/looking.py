"""Who looks at a screen, at which region, over which time: what all of its widgets answer to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, Where, code, said

BAD_MOMENT = code("OVW-104", "The address of a screen names no such region, period or moment.", status=422)
SEEN_DIGITS = 18
PERIODS = {
    "7d": (7, _("7 days")),
    "30d": (30, _("30 days")),
    "1y": (366, _("One year")),
    "5y": (5 * 366, _("Five years")),
}
"""Lengths of time that a screen can be narrowed to, in days."""


@dataclass(frozen=True, slots=True)
class Looking:
    """One look at a screen. ``at`` is the moment of a snapshot, None for now; ``period`` a key of
    :data:`PERIODS`, or empty where each widget shows its own; ``seen`` the place in the stream of events that
    the reader was told of: nothing that was found out before is shown.
    """

    by: Actor
    region: Region | None
    is_city: bool
    language: str
    now: datetime
    period: str = ""
    at: datetime | None = None
    seen: int = 0

    @property
    def moment(self) -> datetime:
        """The time at which the city is shown."""
        return self.at or self.now

    @property
    def until(self) -> date:
        """The last day that is shown."""
        return timezone.localtime(self.moment).date()

    def since(self, days: int) -> date:
        """The first day: the period's, or so many days back."""
        return self.until - timedelta(days=PERIODS[self.period][0] if self.period else days)

    @property
    def region_name(self) -> str:
        """The region in the reader's language."""
        return named(self.region, self.language)


def named(row: Region | None, language: str) -> str:
    """A region's name in a language; empty for none."""
    if row is None:
        return ""
    return str((row.name_en or row.name) if language == "en" else row.name)


def home_region(by: Actor) -> Region | None:
    """Where an actor's look begins: the region of all the actor's posts, or the city."""
    city = city_region()
    paths = [scope.region_path for scope in by.scopes if scope.role != "public" and scope.region_path]
    if city is None or not paths or any(not path.startswith(city.path) for path in paths):
        return city
    shortest = min(paths, key=len)
    if shortest == city.path or not all(path.startswith(shortest) for path in paths):
        return city
    return Region.objects.filter(path=shortest).first() or city


def look(
    *,
    by: Actor,
    region: str,
    period: str,
    at: str,
    language: str,
    now: datetime | None = None,
    seen: str = "",
) -> Looking:
    """What an address asks for. Raises ProblemError OVW-104."""
    now = now or timezone.now()
    city = city_region()
    chosen = home_region(by)
    if region:
        chosen = Region.objects.filter(code=region[:20], is_current=True).first()
        if chosen is None or (city is not None and not chosen.path.startswith(city.path)):
            raise _refused("region", said("no region of the city has this code"))
    if period and period not in PERIODS:
        raise _refused("period", said("one of: {names}", names=", ".join(PERIODS)))
    is_city = chosen is not None and city is not None and chosen.pk == city.pk
    place = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) <= SEEN_DIGITS else 0
    return Looking(by, chosen, is_city, language, now, period, _moment(at, now), place)


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text[:40].replace(" ", "+"))
        found = found if found.tzinfo else timezone.make_aware(found)
        is_known = found <= now and found.year >= 1949
    except (ValueError, OverflowError):
        is_known = False
    if not is_known:
        raise _refused("at", said("a past moment is expected, such as 2026-07-21T18:00"))
    return found


def _refused(field: str, message: str) -> ProblemError:
    return ProblemError(Problem(BAD_MOMENT, message, Where(field=field)))
