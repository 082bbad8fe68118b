"""Shelves of the door `/`: a few things that a room puts there for everybody, in ``apps.ready()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.functional import Promise

from beichen.web.ordered import Ordered

MOST, MOST_TILES = 12, 24
"""A shelf holds at most so many: the page behind it has the rest."""
Provider = Callable[[HttpRequest], "Shelf | None"]


@dataclass(frozen=True, slots=True)
class Item:
    """A name, its page, and a few words about it (a date, how many); ``sign`` is one character for a tile."""

    title: str
    url: str
    about: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands together under one title; ``url`` is the page of all of it.

    With ``is_tiled`` its items are tiles side by side, for things that people choose among.
    """

    title: str | Promise
    url: str
    items: tuple[Item, ...]
    is_tiled: bool = False


_providers: Ordered[Provider] = Ordered()


def register_shelf(key: str, order: int, provide: Provider) -> None:
    """Put what ``provide`` gives on the door; low orders first, None and an empty shelf show nothing."""
    _providers.add(key, order, provide)


def shelves(request: HttpRequest) -> list[tuple[str, Shelf]]:
    """Key and shelf of everything that stands on the door."""
    asked = ((key, provide(request)) for key, provide in _providers)
    return [
        (key, replace(one, items=one.items[: MOST_TILES if one.is_tiled else MOST]))
        for key, one in asked
        if one is not None and one.items
    ]
