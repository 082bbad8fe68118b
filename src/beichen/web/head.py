"""Entries of the page's head that count something of the reader: a room registers one in ``apps.ready()``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Counter = Callable[[HttpRequest], int | None]
MOST = 99
"""More is shown as “99+”."""


@dataclass(frozen=True, slots=True)
class HeadEntry:
    """Words, a symbol and a page; ``live`` is the URL name where ``{"count"}`` is asked anew."""

    label: str | Promise
    symbol: str
    route: str
    live: str
    count: Counter


@dataclass(frozen=True, slots=True)
class HeadCount:
    """An entry as the page shows it."""

    label: str | Promise
    symbol: str
    href: str
    live: str
    count: int

    @property
    def shown(self) -> str:
        """The count in few characters; nothing for none."""
        return "" if not self.count else f"{MOST}+" if self.count > MOST else str(self.count)


_entries: dict[str, HeadEntry] = {}


def add_to_head(entry: HeadEntry) -> None:
    """Show the entry on every page; to a reader for whom its counter gives None it is not shown."""
    _entries[entry.route] = entry


def head_counts(request: HttpRequest) -> Iterator[HeadCount]:
    """The entries for the reader; each counter is asked once a page, when the page comes to it."""
    for entry in _entries.values():
        count = entry.count(request)
        if count is not None:
            href, live = reverse(entry.route), reverse(entry.live)
            yield HeadCount(entry.label, entry.symbol, href, live, count)
