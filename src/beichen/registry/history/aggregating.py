"""Aggregates of instances over periods of time (clause 4.5.19)."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from beichen.registry.document.expansion import Instance
from beichen.registry.document.forms import FORMS
from beichen.registry.history.asking import Aggregation, Period, TemporalQuery
from beichen.registry.history.instance import Point
from beichen.registry.problems import bad_parameter

PERIODS_LIMIT = 10_000
Timed = tuple[datetime, Any]


def _plain(instance: Instance) -> list[Any]:
    """The values that count: numbers, texts, truths; of a list its items' number."""
    value = instance.get(FORMS[instance["type"]].member)
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    return [] if value is None else [value]


def _numbers(values: Sequence[Any]) -> list[float]:
    return [
        float(len(value)) if isinstance(value, list) else float(value)
        for value in values
        if _is_numeric(value)
    ]


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (int, float, list))


def _extreme(choose: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    def extreme(values: Sequence[Any]) -> Any:
        texts = [value for value in values if isinstance(value, str)]
        numbers = _numbers(values)
        if numbers:
            return choose(numbers)
        return choose(texts) if texts else None

    return extreme


def _mean(values: Sequence[Any]) -> float | None:
    numbers = _numbers(values)
    return math.fsum(numbers) / len(numbers) if numbers else None


def _deviation(values: Sequence[Any]) -> float | None:
    numbers = _numbers(values)
    if not numbers:
        return None
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


def _sum(values: Sequence[Any]) -> float | None:
    numbers = _numbers(values)
    return math.fsum(numbers) if numbers else None


def _squares(values: Sequence[Any]) -> float | None:
    numbers = _numbers(values)
    return math.fsum(number * number for number in numbers) if numbers else None


METHODS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "totalCount": len,
    "distinctCount": lambda values: len(
        {orjson.dumps(value, option=orjson.OPT_SORT_KEYS) for value in values}
    ),
    "sum": _sum,
    "avg": _mean,
    "min": _extreme(min),
    "max": _extreme(max),
    "stddev": _deviation,
    "sumsq": _squares,
}


def second_text(moment: datetime) -> str:
    """A time with as many digits as it needs."""
    exact = "seconds" if not moment.microsecond else "milliseconds"
    return moment.isoformat(timespec=exact).replace("+00:00", "Z")


def periods(start: datetime, end: datetime, period: Period) -> list[tuple[datetime, datetime]]:
    """The periods from ``start`` on that reach ``end``. Raises ProblemError REG-101 for too many."""
    if period.is_whole:
        return [(start, end)]
    found: list[tuple[datetime, datetime]] = []
    try:
        while not found or found[-1][1] <= end:
            if len(found) >= PERIODS_LIMIT:
                raise bad_parameter("aggrPeriodDuration", f"more than {PERIODS_LIMIT} periods")
            found.append((period.after(start, len(found)), period.after(start, len(found) + 1)))
    except (OverflowError, ValueError):
        raise bad_parameter("aggrPeriodDuration", "the last period ends after the year 9999") from None
    return found


def spread(asked: TemporalQuery, points: Sequence[Point]) -> list[tuple[datetime, datetime]]:
    """The periods for all instances of an entity: from the time asked for, or else from the first."""
    moments = [moment for moment in (point.at(asked.time_property) for point in points) if moment is not None]
    if not moments or asked.aggregation is None:
        return []
    start = asked.at if asked.relation in {"after", "between"} and asked.at is not None else min(moments)
    if asked.aggregation.period.is_whole:
        ends = {"before": asked.at, "between": asked.end}
        return [(start, ends.get(asked.relation) or max(moments))]
    return periods(start, max(moments), asked.aggregation.period)


def aggregate(
    asked: TemporalQuery,
    aggregation: Aggregation,
    points: Sequence[Point],
    spans: Sequence[tuple[datetime, datetime]],
) -> dict[str, list[list[Any]]]:
    """Each method's values as [value, start, end]; periods without a value are left out."""
    starts = [start for start, _ in spans]
    by_span: dict[int, list[Any]] = {}
    for point in points:
        moment = point.at(asked.time_property)
        if moment is not None:
            by_span.setdefault(max(0, bisect_right(starts, moment) - 1), []).extend(_plain(point.document))
    found: dict[str, list[list[Any]]] = {}
    for method in aggregation.methods:
        rows = found.setdefault(method, [])
        for number in sorted(by_span):
            value = METHODS[method](by_span[number]) if by_span[number] else None
            if value is not None:
                start, end = spans[number]
                rows.append([value, second_text(start), second_text(end)])
    return found
