"""Reading values with their parts, and how they stand: the one place that says who sees what.

A value of a whole region or of any part is seen as its level and region say; one that counts a body's own
work by whoever may see the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from beichen.hubs.data.computing.header import read_target
from beichen.hubs.data.models import AnnualTarget, BodyValue, Direction, IndicatorValue, Kind
from beichen.hubs.data.permissions import READ
from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor

BODY = "body"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was wanted, as people write it, and whether a value is so."""

    target: str
    is_met: bool


def figures(
    key: str,
    *,
    by: Actor,
    region: str = "",
    dimension: str = "",
    member: str = "",
    length: str = "",
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Any]:
    """The values of an indicator that ``by`` may see, in order of time, with their regions; one query.

    Without ``dimension`` those of whole regions. ``since`` and ``until`` are days within which periods begin.
    """
    is_of_body = BODY in dimension.split("+")
    rows: QuerySet[Any] = (BodyValue.objects if is_of_body else IndicatorValue.everything).all()
    rows = visible(by, READ, rows).filter(indicator__key=key, indicator__is_current=True, dimension=dimension)
    given = {
        "region__code": region,
        "member": member,
        "length": length,
        "kind": kind,
        "starts__gte": since,
        "starts__lte": until,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return rows.select_related("indicator", "region").order_by("starts", "pk")


def recent(
    keys: Iterable[str], *, region: str, since: date, by: Actor, length: str = "month"
) -> dict[str, list[IndicatorValue]]:
    """The monthly (or daily, ``length``) values of whole regions since a day, by indicator, in order of time.

    Of each indicator those that are real; where there is none, those made up for a demo. One query.
    """
    rows = visible(by, READ, IndicatorValue.objects.filter(region__code=region, length=length))
    rows = rows.filter(indicator__key__in=list(keys), indicator__is_current=True, starts__gte=since)
    found: dict[tuple[str, str], list[IndicatorValue]] = {}
    for row in rows.select_related("indicator__computation").order_by("starts"):
        found.setdefault((row.indicator.key, row.kind), []).append(row)
    return {
        key: found.get((key, Kind.REAL)) or found[key, Kind.DEMO]
        for key in dict.fromkeys(key for key, _ in found)
    }


def newest_complete(rows: Iterable[IndicatorValue], today: date) -> IndicatorValue | None:
    """The last value whose period is over; None while there is none."""
    return max((row for row in rows if row.ends < today), key=lambda row: row.ends, default=None)


def verdict(
    value: IndicatorValue, target: str, aims: Mapping[int, AnnualTarget] | None = None
) -> Verdict | None:
    """How a value stands: a year's against the city's yearly target, any against the indicator's own."""
    aim = (aims or {}).get(value.starts.year) if value.length == "year" else None
    if aim is not None:
        is_lower = value.indicator.direction == Direction.LOWER
        is_met = value.value <= aim.value if is_lower else value.value >= aim.value
        return Verdict(f"{'≤' if is_lower else '≥'} {aim.value.normalize():f}", is_met)
    wanted = read_target(target)
    if wanted is None:
        return None
    sign = {">=": "≥", "<=": "≤"}.get(wanted.sign, wanted.sign)
    return Verdict(f"{sign} {wanted.number}", wanted.is_met(value.value))
