"""Who is on duty when: hours that a roster must cover, shifts that cover them, and the gaps between.

Times are aware moments; spans are half-open, so that a shift that ends at eight and one that begins at
eight meet without a gap and without an overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from beichen.platforms.comms.words import DAYS

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """Days of the week (0 is Monday) and the hours to be covered on each; an end at or before the start is
    on the next day. Twice the same time is a whole day."""

    days: frozenset[int]
    starts: time
    ends: time


ALWAYS = Hours(frozenset(range(7)), time(), time())


def read_hours(said: Mapping[str, Any]) -> Hours:
    """Hours as a package or a row says them: ``{days: [mon], from: "08:00", until: "20:00"}``.

    Raises ValueError for what is no time of a day or no day of a week.
    """
    days = frozenset(DAYS.index(str(day)) for day in said.get("days") or DAYS)
    return Hours(days, time.fromisoformat(str(said["from"])), time.fromisoformat(str(said["until"])))


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same moments as periods that neither overlap nor touch, in order."""
    found: list[Period] = []
    for start, end in sorted(period for period in periods if period[0] < period[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def wanted(cover: Sequence[Hours], since: datetime, until: datetime, zone: ZoneInfo) -> list[Period]:
    """The periods between ``since`` and ``until`` that ``cover`` asks for; none said is always."""
    day, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
    found: list[Period] = []
    while day <= last:
        for hours in cover or (ALWAYS,):
            if day.weekday() in hours.days:
                end_day = day if hours.ends > hours.starts else day + timedelta(days=1)
                start = datetime.combine(day, hours.starts, zone).astimezone(UTC)
                end = datetime.combine(end_day, hours.ends, zone).astimezone(UTC)
                found.append((max(start, since), min(end, until)))
        day += timedelta(days=1)
    return merged(found)


def gaps(asked: Sequence[Period], shifts: Iterable[Period]) -> list[Period]:
    """What of ``asked`` no shift covers, in order."""
    covered = merged(shifts)
    found: list[Period] = []
    for start, end in asked:
        moment = start
        for first, last in covered:
            if last <= moment or first >= end:
                continue
            if first > moment:
                found.append((moment, first))
            moment = max(moment, last)
        if moment < end:
            found.append((moment, end))
    return found
