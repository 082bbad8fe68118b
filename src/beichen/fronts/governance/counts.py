"""Figures of the open cases: by body and by district, day by day, by place.

What is counted are the cases that the reader may see: ``seen`` finds them once a request, and only where
something is counted anew. The figures of a reach are kept for :data:`SECONDS`: however many walls hang in a
city, each process counts that often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from beichen.fronts.governance.reach import OPEN, cases_for
from beichen.fronts.governance.times import SOON
from beichen.hubs.events.models import Case
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Region
from beichen.kernel.statements import Slot, slot

SECONDS = 20
DAY_SECONDS = 24 * 60 * 60
PATH_SECONDS = 300
_PATHS = "beichen.console.paths"
DAYS = 30
ONE = Value(1)
"""What is counted for each row: with a column, PostgreSQL could not count in an index that has it not."""
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


class Seen:
    """The cases that an actor may see, found when they are first needed; for one request."""

    def __init__(self, by: Actor) -> None:
        """``by``: who looks."""
        self.by = by

    @cached_property
    def rows(self) -> QuerySet[Case]:
        """All of them, with nothing joined and in no order."""
        return cases_for(self.by).select_related(None).order_by()


def kept(name: str, seen: Seen, work: Callable[[], T], seconds: int = SECONDS) -> T:
    """What ``work`` found for the actor's reach, not older than ``seconds``."""
    reach = hashlib.sha256(repr((seen.by.scopes, seen.by.is_system)).encode()).hexdigest()[:32]
    key = f"beichen.console.{name}.{reach}"
    found: T | None = cache.get(key)
    if found is None:
        found = work()
        cache.set(key, found, seconds)
    return found


def _counts(now: datetime) -> dict[str, Count]:
    return {
        "all": Count(ONE),
        "soon": Count(ONE, filter=Q(due_at__gte=now, due_at__lt=now + SOON)),
        "overdue": Count(ONE, filter=Q(due_at__lt=now)),
        "waiting": Count(ONE, filter=Q(is_waiting=True)),
    }


def _loads(seen: Seen, now: datetime, field: str) -> dict[int | None, Load]:
    rows = seen.rows.filter(OPEN).values(field).annotate(**_counts(now)).order_by()
    return {
        row[field]: Load(row[field], row["all"], row["soon"], row["overdue"], row["waiting"]) for row in rows
    }


def loads_by_body(seen: Seen, now: datetime) -> dict[int | None, Load]:
    """By the key of the lead body's row; None: nobody has it yet."""
    return kept("body", seen, lambda: _loads(seen, now, "desk"))


def loads_by_region(seen: Seen, now: datetime) -> dict[int | None, Load]:
    """By the key of the region's row."""
    return kept("region", seen, lambda: _loads(seen, now, "region"))


def summed(loads: list[Load], key: Any = None) -> Load:
    """The sum of several."""
    return Load(
        key,
        sum(one.open for one in loads),
        sum(one.soon for one in loads),
        sum(one.overdue for one in loads),
        sum(one.waiting for one in loads),
    )


def body_loads(seen: Seen, now: datetime) -> list[tuple[Body | None, Load]]:
    """Each body that has open cases, the most overdue first; None where nobody has them yet."""
    loads = loads_by_body(seen, now)
    bodies = Body.objects.in_bulk([key for key in loads if key is not None])
    found = [(bodies.get(key) if key is not None else None, load) for key, load in loads.items()]
    return sorted(found, key=lambda pair: (-pair[1].overdue, -pair[1].open))


def district_loads(seen: Seen, now: datetime, districts: list[Region]) -> list[tuple[Region | None, Load]]:
    """Each district with everything below it; None: in the city, nobody knows where."""
    loads, paths = loads_by_region(seen, now), _paths()
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


def trend(seen: Seen, now: datetime) -> list[tuple[date, int, int]]:
    """The last thirty days, the oldest first: how many cases came in, and how many were closed.

    What happened on a day that is over stays as it was: only today is counted again and again.
    """
    today = timezone.localtime(now).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, 0, -1)]
    over = kept(f"trend.{today.isoformat()}", seen, lambda: _days(seen, days), DAY_SECONDS)
    return over + kept(f"trend.today.{today.isoformat()}", seen, lambda: _days(seen, [today]))


def _days(seen: Seen, days: list[date]) -> list[tuple[date, int, int]]:
    """How many cases came in and how many were closed on each of the days: one statement.

    Its parts differ in their times alone, so that Django writes two of them and not sixty.
    """
    parts: list[str] = []
    values: list[Any] = []
    for field in ("opened_at", "closed_at"):
        sql, parameters = _of_span(seen.rows, field)
        for day in days:
            span = {"since": _start(day), "until": _start(day + timedelta(days=1))}
            parts.append(f"SELECT ({sql})")
            values += [one.sent(span) if isinstance(one, Slot) else one for one in parameters]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = [number for (number,) in cursor.fetchall()]
    return list(zip(days, found[: len(days)], found[len(days) :], strict=True))


def _of_span(rows: QuerySet[Case], field: str) -> tuple[str, tuple[Any, ...]]:
    """Counts the rows of a span: a range of the index of a time, not a test of every row."""
    span = {
        f"{field}__gte": slot(Case, "since", field),
        f"{field}__lt": slot(Case, "until", field),
    }
    marked = rows.filter(**span).annotate(all=Value(1, IntegerField())).values("all")
    counted = marked.annotate(number=Count(ONE)).values("number")
    sql, parameters = counted.query.get_compiler("default").as_sql()
    return sql, tuple(parameters)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
