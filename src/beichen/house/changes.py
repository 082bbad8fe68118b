"""What changed, told to browsers in sums: one line for a second of events, shared by who may see the same.

A screen does not want to know each event, but which of its figures are old. Who asks for `changes` gets, at
most once in :data:`GATHER_SECONDS`, an object of types of events, each with the indicators or the types of
objects that it was about; an empty list says that it may be anything. No subject is told: whoever learns that
cases changed fetches what may be seen of them. Only what the grant shows is counted. Browsers of one grant
share one sum and its bytes, so that a thousand viewers of a wall cost little more than one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from beichen.kernel.bus import feed

GATHER_SECONDS = 1.0
SOON_SECONDS = 0.02  # for what comes in one burst
RECENT_SECONDS = 15.0  # what is no older is told to who comes: an answer may have been kept so long
MOST_NAMES = 100
QUEUE = 30  # sums that a browser may be behind
ANYTHING: dict[str, list[str]] = {"*": []}


def names_of(document: Mapping[str, Any]) -> list[str]:
    """What an event is about, in the words by which somebody may wait for it; never its subject."""
    data = document.get("data")
    if isinstance(data, dict):
        several = data.get("indicators")
        if isinstance(several, list):
            return [str(name) for name in several]
        if isinstance(data.get("type"), str):
            return [data["type"]]
    return []


class Sum:
    """Types of events with what they were about; a type about too much is about anything."""

    def __init__(self) -> None:
        self._types: dict[str, set[str] | None] = {}

    def add(self, document: Mapping[str, Any]) -> None:
        """Count an event in."""
        kind = str(document.get("type", ""))
        known = self._types.setdefault(kind, set())
        if known is None:
            return
        names = names_of(document)
        known.update(names)
        if not names or len(known) > MOST_NAMES:
            self._types[kind] = None

    def __bool__(self) -> bool:
        return bool(self._types)

    def as_dict(self) -> dict[str, list[str]]:
        """As it is told, in a fixed order."""
        return {kind: sorted(names or ()) for kind, names in sorted(self._types.items())}


def line(place: int, told: Mapping[str, list[str]], listeners: int) -> bytes:
    """A sum as a server-sent event that ends at a place of the stream; it says how many listen, so that they
    spread what they ask over the more time, the more they are.
    """
    content = orjson.dumps({"changed": told, "listeners": listeners})
    return b"id: %d\nevent: changes\ndata: %s\n\n" % (place, content)


def summed(grant: feed.Grant, documents: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What of events a grant shows, in one sum."""
    found = Sum()
    for document in documents:
        if grant.shows(document):
            found.add(document)
    return found.as_dict()


@dataclass(slots=True, eq=False)
class Listener:
    """A browser that waits for sums; ``is_late`` once its queue was full."""

    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    is_late: bool = False

    def offer(self, content: bytes) -> None:
        """Queue a line."""
        try:
            self.queue.put_nowait(content)
        except asyncio.QueueFull:
            self.is_late = True


class Channel:
    """All browsers of one grant, and the sum that they will be told next."""

    def __init__(self, grant: feed.Grant, count: Callable[[], int]) -> None:
        self.grant = grant
        self._count = count
        self.listeners: set[Listener] = set()
        self._next = Sum()
        self._place = 0
        self._told_at = 0.0
        self._waiting: asyncio.TimerHandle | None = None

    def take(self, place: int, document: Mapping[str, Any]) -> None:
        """Count an event in where the grant shows it; told :data:`GATHER_SECONDS` after what was last."""
        self._place = max(self._place, place)
        if not self.grant.shows(document):
            return
        self._next.add(document)
        if self._waiting is None:
            loop = asyncio.get_running_loop()
            at = max(loop.time() + SOON_SECONDS, self._told_at + GATHER_SECONDS)
            self._waiting = loop.call_at(at, self._tell)

    def _tell(self) -> None:
        self._waiting, self._told_at = None, asyncio.get_running_loop().time()
        told, self._next = self._next.as_dict(), Sum()
        content = line(self._place, told, self._count())
        for listener in self.listeners:
            listener.offer(content)

    def close(self) -> None:
        """Nobody listens any more."""
        if self._waiting is not None:
            self._waiting.cancel()


class Channels:
    """The channels that somebody listens to, by what their grants show."""

    def __init__(self) -> None:
        self._channels: dict[tuple[Any, ...], Channel] = {}

    def take(self, place: int, document: Mapping[str, Any]) -> None:
        """Offer an event to every channel, once for all its browsers."""
        for channel in self._channels.values():
            channel.take(place, document)

    def join(self, grant: feed.Grant) -> tuple[Channel, Listener]:
        """A new listener in the channel of its grant."""
        key = (frozenset(grant.patterns), frozenset(grant.reaches))
        channel = self._channels.setdefault(key, Channel(grant, lambda: self.count))
        listener = Listener()
        channel.listeners.add(listener)
        return channel, listener

    def leave(self, channel: Channel, listener: Listener) -> None:
        """The listener is gone; a channel without any goes too."""
        channel.listeners.discard(listener)
        if not channel.listeners:
            channel.close()
            self._channels = {key: one for key, one in self._channels.items() if one is not channel}

    def end(self) -> None:
        """Let every listener go."""
        for channel in self._channels.values():
            for listener in channel.listeners:
                listener.is_late = True

    @property
    def count(self) -> int:
        """How many listen."""
        return sum(len(channel.listeners) for channel in self._channels.values())
