"""Histories with more instances than one answer holds: a part of the time, and which (clause 6.3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from beichen.registry.history.aggregating import second_text
from beichen.registry.history.asking import TemporalQuery
from beichen.registry.history.instance import Point, Timeline

TOGETHER = 10  # all histories of an answer hold so many times as much as one


def _moments(timelines: Iterable[Timeline], asked: TemporalQuery) -> list[datetime]:
    return sorted(
        moment
        for timeline in timelines
        for points in timeline.points.values()
        for point in points
        if (moment := point.at(asked.time_property)) is not None
    )


def _cut(moments: Sequence[datetime], limit: int, *, is_backward: bool) -> datetime | None:
    if len(moments) <= limit:
        return None
    return moments[-limit] if is_backward else moments[limit - 1]


def clip(timelines: Sequence[Timeline], asked: TemporalQuery, limit: int) -> str:
    """Keep of each history the first ``limit`` instances in time, or with lastN the last.

    All are cut at the same time, and instances of one time stay together, so that the next part begins
    where this one ends. Returns the Content-Range of what is left, and nothing when everything is.
    """
    is_backward = asked.last is not None
    every = _moments(timelines, asked)
    cuts = [_cut(_moments([item], asked), limit, is_backward=is_backward) for item in timelines]
    cuts.append(_cut(every, limit * TOGETHER, is_backward=is_backward))
    known = [cut for cut in cuts if cut is not None]
    if not known:
        return read_range(timelines, asked)
    cut = max(known) if is_backward else min(known)

    def is_kept(point: Point) -> bool:
        moment = point.at(asked.time_property)
        return moment is None or (moment >= cut if is_backward else moment <= cut)

    for timeline in timelines:
        timeline.points = {
            name: [point for point in points if is_kept(point)] for name, points in timeline.points.items()
        }
    first = every[-1] if is_backward else every[0]
    start = first if any(_is_part(item, asked) for item in timelines) else _start(asked, first)
    return _range(start, cut, asked)


def read_range(timelines: Sequence[Timeline], asked: TemporalQuery) -> str:
    """The Content-Range of what was read, where a reader left instances out; else nothing."""
    every = _moments(timelines, asked)
    if not every or not any(_is_part(item, asked) for item in timelines):
        return ""
    return (
        _range(every[-1], every[0], asked) if asked.last is not None else _range(every[0], every[-1], asked)
    )


def _is_part(timeline: Timeline, asked: TemporalQuery) -> bool:
    """Whether instances that were asked for were not read; with lastN others are always left out."""
    most = max((len(points) for points in timeline.points.values()), default=0)
    return timeline.is_cut and (asked.last is None or most < asked.last)


def _range(start: datetime, end: datetime, asked: TemporalQuery) -> str:
    return f"date-time {second_text(start)}-{second_text(end)}/{'*' if asked.last is None else asked.last}"


def _start(asked: TemporalQuery, first: datetime) -> datetime:
    """Where the range begins: at the bound that was asked for, or else at the first instance."""
    bounds = {"after": asked.at, "between": asked.at}
    if asked.last is not None:
        bounds = {"before": asked.at, "between": asked.end}
    return bounds.get(asked.relation) or first
