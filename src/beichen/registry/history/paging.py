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
        return ""
    cut = max(known) if is_backward else min(known)

    def is_kept(point: Point) -> bool:
        moment = point.at(asked.time_property)
        return moment is None or (moment >= cut if is_backward else moment <= cut)

    for timeline in timelines:
        timeline.points = {
            name: [point for point in points if is_kept(point)] for name, points in timeline.points.items()
        }
    start = _start(asked, every[-1] if is_backward else every[0])
    return f"date-time {second_text(start)}-{second_text(cut)}/{asked.last if is_backward else '*'}"


def _start(asked: TemporalQuery, first: datetime) -> datetime:
    """Where the range begins: at the bound that was asked for, or else at the first instance."""
    bounds = {"after": asked.at, "between": asked.at}
    if asked.last is not None:
        bounds = {"before": asked.at, "between": asked.end}
    return bounds.get(asked.relation) or first
