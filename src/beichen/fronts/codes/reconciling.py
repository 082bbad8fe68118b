"""Reconciling (对账): sums of each day for a reader and an entitlement; whether counters and log agree.

Sums are counted from the log while it is kept, and stay when it is forgotten. Codes that are refused before
it is known whose they are (forged, expired) are in no log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from beichen.fronts.codes.holding import Standing
from beichen.fronts.codes.models import Counter, Return, ReturnState, Scan, Tally
from beichen.fronts.codes.permissions import RETURN
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor

Sums = dict[tuple[int, int], dict[str, int]]
_GOOD = Q(answer=Standing.GRANTED)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A counter that says another thing than what it was made of: which sum, what it says, what was found."""

    entitlement: str
    counter: int
    what: str
    says: int
    found: int


def days(*, by: Actor) -> QuerySet[Tally]:
    """The sums of the actor's readers. Raises ProblemError ACC-403."""
    access.require(by, RETURN)
    return access.visible(by, RETURN, Tally.objects.select_related("reader", "entitlement"))


def count_days(number: int, now: datetime | None = None) -> None:
    """Count the last days, today first."""
    today = timezone.localtime(now or timezone.now()).date()
    for back in range(number):
        count_day(today - timedelta(days=back), now)


@transaction.atomic
def count_day(day: date, now: datetime | None = None) -> None:
    """Count a day in the city's zone. What was counted stays when scans are forgotten."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    moment = now or timezone.now()
    known = _locked(day)
    sums = _sums(start, end)
    if missing := sums.keys() - known.keys():
        new = [
            Tally(day=day, reader_id=one, entitlement_id=two, counted_at=moment)
            for one, two in sorted(missing)
        ]
        Tally.objects.bulk_create(new, ignore_conflicts=True)
        known = _locked(day)
        sums = _sums(start, end)  # what somebody else counted meanwhile
    for place, row in known.items():
        _write(row, sums.get(place, {}), moment)


def _locked(day: date) -> dict[tuple[int, int], Tally]:
    """The day's rows in one order: who counts after another counts what the other wrote, too."""
    rows = Tally.objects.select_for_update().filter(day=day).order_by("reader", "entitlement")
    return {(row.reader_id, row.entitlement_id): row for row in rows}


def _sums(start: datetime, end: datetime) -> Sums:
    sums = _log(start, end)
    given = Return.objects.filter(state=ReturnState.GIVEN, changed_at__gte=start, changed_at__lt=end)
    for reader, kind, count in _grouped(given).values_list("reader", "entitlement", "count"):
        sums.setdefault((reader, kind), {})["given_back"] = count
    return sums


def _grouped(rows: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.order_by().values("reader", "entitlement").annotate(count=Count("pk"))
    return found


def _log(start: datetime, end: datetime) -> Sums:
    rows = Scan.objects.filter(at__gte=start, at__lt=end, entitlement__isnull=False)
    found = _grouped(rows).annotate(
        accepted=Count("pk", filter=_GOOD),
        taken=Count("pk", filter=Q(took__gt=0)),
        bad=Count("pk", filter=~_GOOD),
        again=Coalesce(Sum("repeats"), 0),
    )
    return {
        (row["reader"], row["entitlement"]): {
            "accepted": row["accepted"],
            "taken": row["taken"],
            "refused": row["bad"] + row["again"],
        }
        for row in found
    }


def _write(row: Tally, sums: dict[str, int], now: datetime) -> None:
    for name in ("accepted", "taken", "refused"):
        setattr(row, name, max(getattr(row, name), sums.get(name, 0)))
    row.given_back, row.counted_at = sums.get("given_back", 0), now
    row.save()


def disagreements() -> Iterator[Disagreement]:
    """Counters that the log, or what was given back, does not bear out; none in a sound house."""
    of = {"person": OuterRef("person"), "entitlement": OuterRef("entitlement")}
    log = Scan.objects.filter(**of, took=OuterRef("round"))
    given = Return.objects.filter(**of, round=OuterRef("round"), state=ReturnState.GIVEN)
    rows = Counter.objects.select_related("entitlement").annotate(
        in_log=_counted(log), given=_counted(given), sum=F("start") - F("taken") + F("returned")
    )
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        for what, says, found in (
            ("left", row.left, row.sum),
            ("taken", row.taken, row.in_log + row.forgotten),
            ("returned", row.returned, row.given),
        ):
            if says != found:
                yield Disagreement(row.entitlement.key, row.pk, what, says, found)


def _counted(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().values("person").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
