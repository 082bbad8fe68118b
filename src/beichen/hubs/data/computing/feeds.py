"""Rooms that keep a table say how it is brought up to date: what is computed counts their newest rows.

A room says in its ``apps.ready()``: ``feed_table("cases", record_all)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from beichen.problem import Problem, ProblemError

_feeds: dict[str, Callable[[], None]] = {}


def feed_table(table: str, feed: Callable[[], None]) -> None:
    """Have ``feed`` called before anything is computed from ``table``."""
    _feeds[table] = feed


def bring_up_to_date(tables: Iterable[str]) -> dict[str, Sequence[Problem]]:
    """Call what feeds these tables; returns why some could not be fed, which stops no other."""
    problems: dict[str, Sequence[Problem]] = {}
    for table in sorted(tables):
        if table in _feeds:
            try:
                _feeds[table]()
            except ProblemError as error:
                problems[table] = error.problems
    return problems
