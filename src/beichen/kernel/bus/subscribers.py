"""Who listens: each room's ``subscribers.py`` registers its handlers here by name and pattern of types.

A handler is called at least once, in order per subject, inside a transaction together with the entry
in the inbox: whatever it writes to the database happens exactly once. It raises to be called again
later; after the last attempt its event becomes a dead letter. What it does outside the database must
bear repetition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from django.utils.module_loading import autodiscover_modules

from beichen.kernel.bus.event import Event, check_pattern, matches, overlap

Handler = Callable[[Event], None]
Among = Callable[[], Collection[str]]
_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\Z")
_registered: dict[str, Subscriber] = {}


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A name that stays for ever (its position is kept under it), patterns of types, and a handler.

    ``among`` narrows the patterns to those that it gives: asked once a batch, in the batch's transaction.
    """

    name: str
    patterns: tuple[str, ...]
    handle: Handler
    among: Among | None = None

    @property
    def durable(self) -> str:
        """The name of its consumer in JetStream, where dots are not allowed."""
        return self.name.replace(".", "_")

    def wants(self, event_type: str) -> bool:
        """Whether one of its patterns covers ``event_type``."""
        return any(matches(pattern, event_type) for pattern in self.patterns)


def subscriber(name: str, *patterns: str, among: Among | None = None) -> Callable[[Handler], Handler]:
    """Register the decorated function under ``name`` for the types that ``patterns`` cover.

    What is wanted may be data that changes while the house runs: ``among`` then gives the patterns of now,
    and what fits none of them is passed over without an inbox entry. The position moves past it all the same,
    so that who begins to listen hears what happens from then on, not what the stream still keeps of before;
    a filter of the consumer in JetStream, changed, would bring the old events or lose those of the change.

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
        wanted = Subscriber(name, patterns, handle, among)
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
