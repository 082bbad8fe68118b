"""A link as pages pass it to components: navigation, breadcrumb, tabs.

A room that has a page in the main navigation registers it in its ``apps.ready()``; the shell knows no
room, and what is not registered has no link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Link:
    """Words and an address; ``count`` says how many things are there."""

    label: str | Promise
    href: str = ""
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str | Promise
    route: str
    order: int


_entries: dict[str, _Entry] = {}


def add_to_navigation(label: str | Promise, route: str, *, order: int) -> None:
    """Put the page with the URL name ``route`` into the main navigation; low orders stand first."""
    _entries[route] = _Entry(label, route, order)


def navigation(request: HttpRequest) -> list[Link]:
    """The main navigation, the most specific entry that leads to the request's page marked."""
    links = [
        Link(entry.label, reverse(entry.route))
        for entry in sorted(_entries.values(), key=attrgetter("order"))
    ]
    leading = [link.href for link in links if request.path == link.href or _is_below(request.path, link.href)]
    current = max(leading, key=len, default=None)
    return [replace(link, is_current=link.href == current) for link in links]


def _is_below(path: str, href: str) -> bool:
    return href != "/" and path.startswith(href.rstrip("/") + "/")
