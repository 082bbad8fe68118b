"""Figures of the open cases: by body and by district, day by day, by place.

What is counted are the cases that the reader may see. The figures of a reach are kept for :data:`SECONDS`:
however many walls hang in a city, each process counts that often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from beichen.fronts.governance.reach import OPEN, cases_for
from beichen.fronts.governance.times import SOON
from beichen.hubs.events.models import Case
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Region

SECONDS = 20
DAY_SECONDS = 24 * 60 * 60
PATH_SECONDS = 300
_PATHS = "beichen.console.paths"
DAYS = 30
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases stand with a body or in a district."""

    key: Any
    open: int = 0
    soon: int = 0
    overdue: int = 0
    waiting: int = 0

    @property
    def in_hand(self) -> int:
        """Open and not waiting: what somebody must work on."""
        return self.open - self.waiting


def kept(name: str, by: Actor, work: Callable[[], T], seconds: int = SECONDS) -> T:
    """What ``work`` found for the actor's reach, not older than ``seconds``."""
    reach = hashlib.sha256(repr((by.scopes, by.is_system)).encode()).hexdigest()[:32]
    key = f"beichen.console.{name}.{reach}"
    found: T | None = cache.get(key)
    if found is None:
        found = work()
        cache.set(key, found, seconds)
    return found


def _open(by: Actor) -> QuerySet[Case]:
    return cases_for(by).filter(OPEN).select_related(None).order_by()


def _counts(now: datetime) -> dict[str, Count]:
    return {
        "all": Count("pk"),
        "soon": Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
        "overdue": Count("pk", filter=Q(due_at__lt=now)),
        "waiting": Count("pk", filter=Q(is_waiting=True)),
    }


def _loads(by: Actor, now: datetime, field: str) -> dict[int | None, Load]:
    rows = _open(by).values(field).annotate(**_counts(now)).order_by()
    return {
        row[field]: Load(row[field], row["all"], row["soon"], row["overdue"], row["waiting"]) for row in rows
    }


def loads_by_body(by: Actor, now: datetime) -> dict[int | None, Load]:
    """By the key of the lead body's row; None: nobody has it yet."""
    return kept("body", by, lambda: _loads(by, now, "desk"))


def loads_by_region(by: Actor, now: datetime) -> dict[int | None, Load]:
    """By the key of the region's row."""
    return kept("region", by, lambda: _loads(by, now, "region"))


def summed(loads: list[Load], key: Any = None) -> Load:
    """The sum of several."""
    return Load(
        key,
        sum(one.open for one in loads),
        sum(one.soon for one in loads),
        sum(one.overdue for one in loads),
        sum(one.waiting for one in loads),
    )


def body_loads(by: Actor, now: datetime) -> list[tuple[Body | None, Load]]:
    """Each body that has open cases, the most overdue first; None where nobody has them yet."""
    loads = loads_by_body(by, now)
    bodies = Body.objects.in_bulk([key for key in loads if key is not None])
    found = [(bodies.get(key) if key is not None else None, load) for key, load in loads.items()]
    return sorted(found, key=lambda pair: (-pair[1].overdue, -pair[1].open))


def district_loads(by: Actor, now: datetime, districts: list[Region]) -> list[tuple[Region | None, Load]]:
    """Each district with everything below it; None: in the city, nobody knows where."""
    loads, paths = loads_by_region(by, now), _paths()
    found: dict[str, list[Load]] = {}
    for key, load in loads.items():
        path = paths.get(key, "") if key is not None else ""
        home = next((one.path for one in districts if path.startswith(one.path)), "")
        found.setdefault(home, []).append(load)
    rows: list[tuple[Region | None, Load]] = [
        (one, summed(found[one.path], one.path)) for one in districts if one.path in found
    ]
    if "" in found:
        rows.append((None, summed(found[""])))
    return sorted(rows, key=lambda pair: (-pair[1].overdue, -pair[1].open))


def _paths() -> dict[int, str]:
    """The path of every region, as it was a few minutes ago."""
    found: dict[int, str] | None = cache.get(_PATHS)
    if found is None:
        found = dict(Region.objects.order_by().values_list("pk", "path"))
        cache.set(_PATHS, found, PATH_SECONDS)
    return found


def trend(by: Actor, now: datetime) -> list[tuple[date, int, int]]:
    """The last thirty days, the oldest first: how many cases came in, and how many were closed.

    What happened on a day that is over stays as it was: only today is counted again and again.
    """
    today = timezone.localtime(now).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, 0, -1)]
    over = kept(f"trend.{today.isoformat()}", by, lambda: _days(by, days), DAY_SECONDS)
    return over + kept(f"trend.today.{today.isoformat()}", by, lambda: _days(by, [today]))


def _days(by: Actor, days: list[date]) -> list[tuple[date, int, int]]:
    """How many cases came in and how many were closed on each of the days: one statement."""
    rows = cases_for(by).select_related(None).order_by()
    parts = [
        _of_day(rows, field, 2 * place + at, day)
        for place, day in enumerate(days)
        for at, field in enumerate(("opened_at", "closed_at"))
    ]
    found = dict(parts[0].union(*parts[1:], all=True))
    return [(day, found.get(2 * place, 0), found.get(2 * place + 1, 0)) for place, day in enumerate(days)]


def _of_day(rows: QuerySet[Case], field: str, place: int, day: date) -> Any:
    """One part of the trend's statement: a range of the index of a time, not a test of every row."""
    span = {f"{field}__gte": _start(day), f"{field}__lt": _start(day + timedelta(days=1))}
    marked = rows.filter(**span).annotate(place=Value(place, IntegerField())).values("place")
    return marked.annotate(number=Count("pk")).values_list("place", "number")


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
