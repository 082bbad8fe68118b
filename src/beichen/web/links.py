"""A link as pages pass it to components: navigation, breadcrumb, tabs.

A room that has a page in the main navigation registers it in its ``apps.ready()``; the shell knows no
room, and what is not registered has no link.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override

from beichen.kernel.access.service import acting, decide
from beichen.kernel.actor import PUBLIC, Actor
from beichen.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Link:
    """Words and an address; ``count`` says how many things are there."""

    label: str | Promise
    href: str = ""
    is_current: bool = False
    count: int | None = None


def _reader(request: HttpRequest) -> Actor:
    """Who reads the page; for the page that refuses a key that is not valid, the public."""
    try:
        return acting(request)
    except ProblemError:
        return PUBLIC


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str | Promise
    route: str
    order: int
    under: str
    permission: str
    inside: str | Promise
    words: tuple[str, ...] = ()

    def is_open_to(self, request: HttpRequest) -> bool:
        return not self.permission or bool(decide(_reader(request), self.permission))


_entries: dict[str, _Entry] = {}


def add_to_navigation(
    label: str | Promise,
    route: str,
    *,
    order: int,
    under: str = "",
    permission: str = "",
    inside: str | Promise = "",
    words: tuple[str, ...] = (),
) -> None:
    """Put the page with the URL name ``route`` into the navigation; low orders stand first.

    ``under`` names the entry of the main navigation in whose second row it stands; that entry leads the
    row itself, called ``inside``. With ``permission`` only those who have it somewhere see the entry; the
    page itself still asks. ``words`` are what people also call the page, or what they do there, in both
    languages: whoever asks for one of them is led there.
    """
    _entries[route] = _Entry(label, route, order, under, permission, inside, words)


@dataclass(frozen=True, slots=True)
class Navigation:
    """The main row, and the second row of its current entry (empty when it has none)."""

    main: list[Link]
    second: list[Link]


def navigation(request: HttpRequest) -> Navigation:
    """Both rows, with the most specific entry that leads to the request's page marked in each."""
    entries = sorted(_entries.values(), key=attrgetter("order"))
    hrefs = {entry.route: reverse(entry.route) for entry in entries}
    leading = [entry for entry in entries if _leads(hrefs[entry.route], request.path)]
    current = max(leading, key=lambda entry: len(hrefs[entry.route]), default=None)
    top = (current.under or current.route) if current else ""
    shown = [entry for entry in entries if entry.is_open_to(request)]

    marked = current.route if current else ""
    main = [Link(one.label, hrefs[one.route], one.route == top) for one in shown if not one.under]
    second = [
        Link(one.inside or one.label, hrefs[one.route], one.route == marked)
        for one in sorted(shown, key=lambda one: one.route != top)
        if top in (one.under, one.route)
    ]
    return Navigation(main, second if top and len(second) > 1 else [])


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of the navigation by all its names: in Chinese, in English, and ``words`` beside them."""

    name: str
    name_en: str
    href: str
    words: tuple[str, ...]


_places: dict[str, tuple[_Entry, Destination]] = {}


def destinations(request: HttpRequest) -> list[Destination]:
    """Every page of the navigation that is open to who asks, in its order."""
    entries = sorted(_entries.values(), key=attrgetter("order"))
    by = _reader(request)
    asked = {entry.permission for entry in entries if entry.permission}
    open_ = {"", *(one for one in asked if decide(by, one))}
    return [_destination(entry) for entry in entries if entry.permission in open_]


def _destination(entry: _Entry) -> Destination:
    """The page of an entry; names and address are found once."""
    known = _places.get(entry.route)
    if known is not None and known[0] is entry:
        return known[1]
    (zh,), (en,) = _named([entry], "zh-hans"), _named([entry], "en")
    found = Destination(zh, en, reverse(entry.route), entry.words)
    _places[entry.route] = (entry, found)
    return found


def _named(entries: list[_Entry], language: str) -> list[str]:
    with override(language):
        return [str(entry.label) for entry in entries]


def destination_names() -> list[str]:
    """What pages are called in Chinese, whoever may open them."""
    called = _named(list(_entries.values()), "zh-hans")
    return [*called, *(word for entry in _entries.values() for word in entry.words)]


def _leads(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
