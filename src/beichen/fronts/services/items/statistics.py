"""Figures of services: promised against real days, zero trips, papers reused, ratings, by item, body, region.

Counted from the table of affairs, by the engine of the warehouse; within the reader's regions and bodies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from beichen.fronts.services.permissions import INSPECT
from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.platforms.warehouse import service as warehouse

GROUPS = ("item", "body", "region", "channel", "process")
MOST_ROWS = 2_000
_MEASURES = (
    "promised", "legal", "real", "in_time", "zero_trip", "one_day", "steps", "reused", "asked", "rated",
    "pleased",
)  # fmt: skip
FEWEST = 5
"""Of fewer affairs that were rated no share is told: it would say what one of those few had given."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was concluded in a period, of one group; shares in per cent, None where nothing can be said."""

    group: str
    count: int
    promised: float | None
    legal: float | None
    real: float | None
    in_time: float | None
    zero_trip: float | None
    one_day: float | None
    steps: float | None
    reused: float | None
    asked: float | None
    rated: float | None
    pleased: float | None


def period_of(text: str, today: date) -> tuple[date, date]:
    """First day of a period and first after it: ``2026``, ``2026-Q4``, ``2026-11``, else this year."""
    try:
        year = int(text[:4])
        if not 2000 <= year <= 2200:
            raise ValueError(text)
        if text[4:6] == "-Q" and text[6:] in ("1", "2", "3", "4"):
            return _months(year, 3 * int(text[6:]) - 2, 3)
        if len(text) == 7 and text[4] == "-":
            return _months(year, int(text[5:]), 1)
        return _months(year, 1, 12)
    except ValueError:
        return _months(today.year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = month + count
    return date(year, month, 1), date(year + (last - 1) // 12, (last - 1) % 12 + 1, 1)


def figures(
    group: str, first: date, end: date, *, by: Actor, region: str = "", with_demo: bool = True
) -> list[Figures]:
    """The figures of affairs that were concluded from ``first`` to before ``end``, the most first.

    Raises ProblemError ACC-403.
    """
    access.require(by, INSPECT)
    if group not in GROUPS:
        raise ValueError(group)
    bounds = _bounds(by)
    if region and not region.isdecimal():
        return []
    own = [f"region like '{_within(region)}%'"] if region else []
    demo = [] if with_demo else ["not is_demo"]
    conditions = " and ".join(
        [
            "status = 'done'",
            f"closed_at >= timestamp '{first.isoformat()}'",
            f"closed_at < timestamp '{end.isoformat()}'",
            *bounds,
            *own,
            *demo,
        ]
    )
    text = (
        f"select coalesce({group}, '') as g, count(*) as n, avg(promised_days) as promised, "
        "avg(legal_days) as legal, avg(working_days) as real, "
        "100.0 * count(*) filter (where in_time) / count(*) as in_time, "
        "100.0 * count(*) filter (where visits = 0) / nullif(count(visits), 0) as zero_trip, "
        "100.0 * count(*) filter (where working_days <= 1) / count(*) as one_day, "
        "avg(steps) as steps, 100.0 * sum(reused) / nullif(sum(materials), 0) as reused, "
        "100.0 * count(*) filter (where asked > 0) / count(*) as asked, "
        "coalesce(sum(rated), 0) as rated, "
        f"case when count(*) filter (where rated > 0) >= {FEWEST} "
        "then 100.0 * sum(pleased) / sum(rated) end as pleased "
        f"from affairs where {conditions} group by all order by n desc, g limit {MOST_ROWS}"
    )
    with warehouse.reader() as asked:
        rows = asked.sql(text).to_pylist()
    return [Figures(row["g"], int(row["n"]), *(_number(row[name]) for name in _MEASURES)) for row in rows]


def _within(region: str) -> str:
    """What the codes of regions within one begin with (GB/T 2260: pairs of digits, zeros for the whole)."""
    for length in (2, 4):
        if set(region[length:6]) == {"0"}:
            return region[:length]
    return region


def _number(value: Any) -> float | None:
    return round(float(value), 1) if isinstance(value, int | float | Decimal) else None


def _bounds(by: Actor) -> list[str]:
    """Conditions that hold the reader's regions and bodies."""
    if by.is_system:
        return []
    city = city_region()
    parts = []
    for area in access.areas(by, INSPECT):
        told = []
        if area.region_path != EVERYWHERE and not (city and city.path.startswith(area.region_path)):
            codes = (
                Region.objects.filter(path__under=area.region_path).order_by().values_list("code", flat=True)
            )
            told.append(f"region in ({_listed(codes)})")
        if area.body_path != EVERYWHERE:
            keys = Body.objects.filter(path__under=area.body_path).order_by().values_list("key", flat=True)
            told.append(f"body in ({_listed(keys)})")
        parts.append(" and ".join(told) or "true")
    return [f"({' or '.join(f'({part})' for part in parts)})"] if parts else ["false"]


def _listed(values: Iterable[str]) -> str:
    """Keys of our own as a list of SQL texts."""
    return ", ".join(f"'{str(one).replace(chr(39), '')}'" for one in values) or "''"
