"""Who listens: each room's ``subscribers.py`` registers its handlers here by name and pattern of types.

A handler is called at least once, in order per subject, inside a transaction together with the entry
in the inbox: whatever it writes to the database happens exactly once. It raises to be called again
later; after the last attempt its event becomes a dead letter. What it does outside the database must
bear repetition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

from django.utils.module_loading import autodiscover_modules

from beichen.kernel.bus.event import Event, check_pattern, matches, overlap

Handler = Callable[[Event], None]
_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\Z")
_registered: dict[str, Subscriber] = {}


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A name that stays for ever (its position is kept under it), patterns of types, and a handler."""

    name: str
    patterns: tuple[str, ...]
    handle: Handler

    @property
    def durable(self) -> str:
        """The name of its consumer in JetStream, where dots are not allowed."""
        return self.name.replace(".", "_")

    def wants(self, event_type: str) -> bool:
        """Whether one of its patterns covers ``event_type``."""
        return any(matches(pattern, event_type) for pattern in self.patterns)


def subscriber(name: str, *patterns: str) -> Callable[[Handler], Handler]:
    """Register the decorated function under ``name`` for the types that ``patterns`` cover.

    Raises ValueError for a malformed or taken name and for patterns that overlap, ProblemError
    BUS-105 for a malformed pattern.
    """
    if not _NAME.match(name) or len(name) > 100:
        raise ValueError(f"subscriber {name!r} is not named in lower-case words joined by dots")
    if not patterns:
        raise ValueError(f"subscriber {name} names no pattern of types")
    for pattern in patterns:
        check_pattern(pattern)
    for first, second in combinations(patterns, 2):
        if overlap(first, second):
            raise ValueError(f"subscriber {name}: the patterns {first} and {second} overlap")

    def register(handle: Handler) -> Handler:
        wanted = Subscriber(name, patterns, handle)
        known = _registered.setdefault(name, wanted)
        if known.handle.__module__ != handle.__module__ or known.handle.__name__ != handle.__name__:
            raise ValueError(f"subscriber {name} is registered twice")
        _registered[name] = wanted
        return handle

    return register


def registered_subscribers() -> Mapping[str, Subscriber]:
    """All subscribers of the rooms: imports each room's ``subscribers`` module first."""
    autodiscover_modules("subscribers")
    return dict(_registered)


def forget(name: str) -> None:
    """Take a subscriber off the register; its position in the database stays."""
    _registered.pop(name, None)
