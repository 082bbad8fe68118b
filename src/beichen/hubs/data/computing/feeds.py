"""Rooms that keep a table say how it is brought up to date: what is computed counts their newest rows.

A room says in its ``apps.ready()``: ``feed_table("cases", record_all)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

_feeds: dict[str, Callable[[], None]] = {}


def feed_table(table: str, feed: Callable[[], None]) -> None:
    """Have ``feed`` called before anything is computed from ``table``."""
    _feeds[table] = feed


def bring_up_to_date(tables: Iterable[str]) -> None:
    """Call what feeds these tables."""
    for table in sorted(tables):
        if table in _feeds:
            _feeds[table]()
