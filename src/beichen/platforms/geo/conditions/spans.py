"""Time in conditions: the relations of Allen between what the operands span.

An instant spans itself. Beside timestamps a date spans its day in UTC, to the last microsecond; among dates
alone each is one. An open end lies beyond all moments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beichen.platforms.geo.conditions.moments import DAY, OPEN

FIRST, LAST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class Span(NamedTuple):
    """From and to, both within: microseconds, or days; int64 Arrays or Scalars."""

    start: Any
    end: Any


def span_of(node: Any, value: Callable[[Any], Any], in_days: bool) -> Span:
    """What a checked operand spans; ``value`` gives columns and literals."""
    if isinstance(node, dict) and "interval" in node:
        start, end = node["interval"]
        return Span(
            pa.scalar(FIRST, pa.int64()) if start == OPEN else _ends(value(start), in_days).start,
            pa.scalar(LAST, pa.int64()) if end == OPEN else _ends(value(end), in_days).end,
        )
    return _ends(value(node), in_days)


def _ends(moment: Any, in_days: bool) -> Span:
    if not pa.types.is_date(moment.type):
        whole = moment.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
        return Span(whole, whole)
    number = moment.cast(pa.int32()).cast(pa.int64())
    if in_days:
        return Span(number, number)
    start = pc.multiply(number, DAY)
    return Span(start, pc.add(start, DAY - 1))


def _both(*found: Any) -> Any:
    whole = found[0]
    for one in found[1:]:
        whole = pc.and_kleene(whole, one)
    return whole


def _is_disjoint(a: Span, b: Span) -> Any:
    return pc.or_kleene(pc.less(a.end, b.start), pc.greater(a.start, b.end))


SPANS: dict[str, Callable[[Span, Span], Any]] = {
    "t_after": lambda a, b: pc.greater(a.start, b.end),
    "t_before": lambda a, b: pc.less(a.end, b.start),
    "t_contains": lambda a, b: _both(pc.less(a.start, b.start), pc.greater(a.end, b.end)),
    "t_disjoint": _is_disjoint,
    "t_during": lambda a, b: _both(pc.greater(a.start, b.start), pc.less(a.end, b.end)),
    "t_equals": lambda a, b: _both(pc.equal(a.start, b.start), pc.equal(a.end, b.end)),
    "t_finishedBy": lambda a, b: _both(pc.less(a.start, b.start), pc.equal(a.end, b.end)),
    "t_finishes": lambda a, b: _both(pc.greater(a.start, b.start), pc.equal(a.end, b.end)),
    "t_intersects": lambda a, b: pc.invert(_is_disjoint(a, b)),
    "t_meets": lambda a, b: pc.equal(a.end, b.start),
    "t_metBy": lambda a, b: pc.equal(a.start, b.end),
    "t_overlappedBy": lambda a, b: _both(
        pc.greater(a.start, b.start), pc.less(a.start, b.end), pc.greater(a.end, b.end)
    ),
    "t_overlaps": lambda a, b: _both(
        pc.less(a.start, b.start), pc.greater(a.end, b.start), pc.less(a.end, b.end)
    ),
    "t_startedBy": lambda a, b: _both(pc.equal(a.start, b.start), pc.greater(a.end, b.end)),
    "t_starts": lambda a, b: _both(pc.equal(a.start, b.start), pc.less(a.end, b.end)),
}
