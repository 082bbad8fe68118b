"""The one search of `/`: a room registers what of it can be found, in ``apps.ready()``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

MOST_EACH = 8
"""A room gives at most so many for one question: the page behind it has the rest."""
LONGEST = 60
Finder = Callable[[HttpRequest, str], "list[Found]"]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found: its name, its page, what kind of thing it is, and a line about it."""

    title: str
    url: str
    kind: str | Promise
    about: str = ""


_finders: dict[str, Finder] = {}


def register_finding(key: str, find: Finder) -> None:
    """Ask ``find`` for everything that people search at the door.

    It is given words of at most :data:`LONGEST` characters without spaces round them, finds by an index what
    the reader may see, the best first, and nothing for words that it does not know.
    """
    _finders[key] = find


def findings(request: HttpRequest, query: str, without: Collection[str] = ()) -> dict[str, list[Found]]:
    """What each room finds, in the order of registration; rooms that find nothing are left out.

    Those under a key of ``without`` are not asked.
    """
    words = " ".join(query.split())[:LONGEST]
    if not words:
        return {}
    asked = ((key, find(request, words)[:MOST_EACH]) for key, find in _finders.items() if key not in without)
    return {key: found for key, found in asked if found}
