"""What of histories is asked for (clauses 4.11, 4.5.19, 5.2.21, 5.2.44): times, how many, and aggregates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from beichen.registry.document.values import is_utc_time
from beichen.registry.history.instance import OBSERVED, TIME_PROPERTIES, Point, Window, moment_of
from beichen.registry.problems import bad_parameter

RELATIONS = ("before", "after", "between")
METHODS = ("totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq")
LAST_LIMIT = 100_000
_DURATION = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,3})?)S)?)?\Z"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A duration of ISO 8601: calendar months, and a span of time; both zero for "everything"."""

    months: int = 0
    span: timedelta = timedelta()

    @property
    def is_whole(self) -> bool:
        """Whether it stands for the whole time that is asked for."""
        return not self.months and not self.span

    def after(self, start: datetime, times: int) -> datetime:
        """``start`` and ``times`` periods later; days beyond a month's last are that day."""
        if not self.months:
            return start + self.span * times
        month = start.year * 12 + start.month - 1 + self.months * times
        year, month = divmod(month, 12)
        first_of_next = datetime(year + (month == 11), (month + 1) % 12 + 1, 1, tzinfo=UTC)
        last_day = (first_of_next - timedelta(days=1)).day
        moved = start.replace(year=year, month=month + 1, day=min(start.day, last_day))
        return moved + self.span * times


def parse_period(text: str) -> Period:
    """An ISO 8601 duration. Raises ProblemError REG-101."""
    match = _DURATION.match(text)
    if match is None or text in {"P", ""} or text.endswith("T"):
        raise bad_parameter("aggrPeriodDuration", f"{text[:40]!r} is no duration", "such as PT1H or P1D")
    parts = {name: float(value) for name, value in match.groupdict().items() if value is not None}
    months = int(parts.pop("years", 0)) * 12 + int(parts.pop("months", 0))
    if months > 12 * 1000 or parts.get("days", 0) > 366_000:
        raise bad_parameter("aggrPeriodDuration", "longer than a thousand years")
    return Period(months, timedelta(**parts))


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Which aggregates are asked for, and over which periods."""

    methods: tuple[str, ...]
    period: Period


def parse_aggregation(methods: Sequence[str], duration: str) -> Aggregation:
    """What to aggregate. Raises ProblemError REG-101."""
    if not methods:
        raise bad_parameter("aggrMethods", "aggregated values have aggrMethods", ", ".join(METHODS))
    for method in methods:
        if method not in METHODS:
            raise bad_parameter("aggrMethods", f"{method[:40]!r} is no method", ", ".join(METHODS))
    period = parse_period(duration) if duration else Period()
    return Aggregation(tuple(dict.fromkeys(methods)), period)


@dataclass(frozen=True, slots=True)
class TemporalQuery:
    """A temporal query; without a relation, all times are meant."""

    relation: str = ""
    at: datetime | None = None
    end: datetime | None = None
    time_property: str = OBSERVED
    last: int | None = None
    aggregation: Aggregation | None = field(default=None)

    def holds(self, point: Point) -> bool:
        """Whether an instance lies in the time that is asked for."""
        moment = point.at(self.time_property)
        if not self.relation:
            return self.time_property == OBSERVED or moment is not None
        if moment is None or self.at is None:
            return False
        if self.relation == "before":
            return moment < self.at
        if self.relation == "after":
            return moment >= self.at
        return self.end is not None and self.at <= moment < self.end

    def window(self, attributes: frozenset[str]) -> Window:
        """The part of a history that is needed."""
        start = self.at if self.relation in {"after", "between"} else None
        end = self.end if self.relation == "between" else self.at if self.relation == "before" else None
        return Window(self.time_property, start, end, attributes, self.last)


def _time(name: str, text: str) -> datetime:
    if not is_utc_time(text):
        raise bad_parameter(name, f"{text[:40]!r} is not a UTC time", "such as 2026-08-01T12:00:00Z")
    return moment_of(text)


def temporal_query(
    members: dict[str, str], last: int | None = None, aggregation: Aggregation | None = None
) -> TemporalQuery:
    """A query of its members timerel, timeAt, endTimeAt, timeproperty. Raises ProblemError REG-101."""
    relation = members.get("timerel", "")
    chosen = members.get("timeproperty") or OBSERVED
    if chosen not in TIME_PROPERTIES:
        raise bad_parameter("timeproperty", f"{chosen[:40]!r} is no time", ", ".join(TIME_PROPERTIES))
    if relation and relation not in RELATIONS:
        raise bad_parameter("timerel", f"{relation[:40]!r} is no relation", ", ".join(RELATIONS))
    at, end = members.get("timeAt", ""), members.get("endTimeAt", "")
    if relation and not at:
        raise bad_parameter("timeAt", f"{relation} has timeAt")
    if at and not relation:
        raise bad_parameter("timerel", "timeAt has timerel", ", ".join(RELATIONS))
    if (relation == "between") != bool(end):
        raise bad_parameter("endTimeAt", "between has endTimeAt, and nothing else has")
    if last is not None and not 1 <= last <= LAST_LIMIT:
        raise bad_parameter("lastN", f"lastN is 1 to {LAST_LIMIT}")
    return TemporalQuery(
        relation,
        _time("timeAt", at) if at else None,
        _time("endTimeAt", end) if end else None,
        chosen,
        last,
        aggregation,
    )
