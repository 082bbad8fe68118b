"""What a type of event is called: each room's ``event_types.py`` names here what it publishes.

People read the name where events are shown; programs read the type. A pattern names a family of types;
the type's own name, then the longest pattern, wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from beichen.kernel.bus.event import check_pattern

_names: dict[str, str | Promise] = {}
_namers: list[Callable[[], Mapping[str, str]]] = []


def name_event_types(names: Mapping[str, str | Promise]) -> None:
    """Name types, or patterns that end in ``.>``.

    Raises ProblemError BUS-105 for a malformed pattern, ValueError for one that has another name.
    """
    for pattern, words in names.items():
        check_pattern(pattern)
        if str(_names.setdefault(pattern, words)) != str(words):
            raise ValueError(f"{pattern} has two names")


def name_event_types_by(namer: Callable[[], Mapping[str, str]]) -> None:
    """Let ``namer`` name what is data, such as the types that scenes raise, in the active language.

    It is asked each time; what a room names itself wins.
    """
    if namer not in _namers:
        _namers.append(namer)


@cache
def _discover() -> None:
    autodiscover_modules("event_types")


def event_type_names() -> Mapping[str, str]:
    """All patterns with their names in the active language; imports each room's ``event_types`` first."""
    _discover()
    told = {pattern: words for namer in _namers for pattern, words in namer().items()}
    named = {pattern: str(words) for pattern, words in _names.items()}
    return dict(sorted((told | named).items()))
