"""Answers of widgets, shared between readers of the same rights for a few seconds.

When something changes, all who look at a screen ask for the same widgets at once: the first has them filled
and rendered, the others are given the same bytes. A key holds everything that an answer depends on: the
widget as it is declared, language, region, period, moment, and who looks, by the scopes of their posts and by
what the roles of now allow within them (:data:`RIGHTS`). Questions in SQL are asked by each reader alone,
since each is counted and bounded for whoever asks.

``seen`` is the place in the stream of events that a reader has been told of: an answer that was made before
is not given to them. In memory of each web process, bounded, and never older than :data:`SECONDS`.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.service import READ
from beichen.hubs.data import service as data
from beichen.hubs.events import service as events
from beichen.kernel.access.service import areas
from beichen.plan import service as plan
from beichen.platforms.geo import service as geo
from beichen.registry import service as registry

SECONDS = 10.0  # less than the live process looks back for who comes (`house.changes.RECENT_SECONDS`)
SETTLED_SECONDS = 3.0
"""The same of things: readings move no place in the stream, so that pages wait so long before they ask."""
MOST_BYTES = 32 * 1024 * 1024
LOCKS = 64
ALONE = ("sql", "question")
_TIME = re.compile(r'<time class="figures"[^>]*>[^<]*</time>')
RIGHTS = (READ, data.READ, events.READ, plan.READ, geo.READ, registry.READ, "ai.model.read")


@dataclass(frozen=True, slots=True)
class Answer:
    """A widget as it is sent: ``digest`` tells whether it shows something else than before, ``time`` is the
    element that says when it was found out, which is no part of that.
    """

    content: str
    digest: str
    time: str = ""
    seen: int = 0
    ends: float = 0.0


def key_of(widget: dict[str, Any], looking: Looking, name: str) -> str:
    """What answers to a widget of this name may be shared under; different wherever they may differ."""
    by = looking.by
    facts = (
        name,
        orjson.dumps(widget, option=orjson.OPT_SORT_KEYS),
        looking.language,
        looking.region and looking.region.path,
        looking.period,
        looking.at and looking.at.isoformat(),
        by.is_system,
        sorted((scope.role, scope.body_path, scope.region_path) for scope in by.scopes),
        [
            sorted((area.region_path, area.body_path, int(area.clearance)) for area in areas(by, right))
            for right in RIGHTS
        ],
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


class Answers:
    """Answers by their keys, the least used of them forgotten first."""

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._bytes, self._most, self._clock = 0, most_bytes, clock
        self._lock = threading.Lock()
        self._making = [threading.Lock() for _number in range(LOCKS)]  # so that one makes and others wait

    def find(self, key: str, seen: int) -> Answer | None:
        """The answer that is young enough and knows all that its reader was told of."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.seen < seen or self._clock() > found.ends:
                return None
            self._kept.move_to_end(key)
            return found

    def get(
        self, key: str, seen: int, make: Callable[[], tuple[str, bool]], seconds: float = SECONDS
    ) -> Answer:
        """The answer that is kept, or the one that ``make`` makes; it says whether that may be kept."""
        found = self.find(key, seen)
        if found is not None:
            return found
        with self._making[int(key[:8], 16) % LOCKS]:
            found = self.find(key, seen)
            if found is not None:
                return found
            ends = self._clock() + seconds
            content, may_be_kept = make()
            answer = answer_of(content, seen, ends)
            if may_be_kept:
                self._keep(key, answer)
            return answer

    def _keep(self, key: str, answer: Answer) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = answer
            self._bytes += len(answer.content)
            while self._bytes > self._most and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        before = self._kept.pop(key, None)
        if before is not None:
            self._bytes -= len(before.content)

    def forget(self) -> None:
        """Everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def answer_of(content: str, seen: int = 0, ends: float = 0.0) -> Answer:
    """What is sent of a rendered widget."""
    times = _TIME.findall(content)
    digest = hashlib.blake2b(_TIME.sub("", content).encode(), digest_size=8).hexdigest()
    return Answer(content, digest, times[-1] if times else "", seen, ends)


answers = Answers()
"""Those of this process."""


def seconds_of(widget: dict[str, Any]) -> float:
    """How long an answer to a widget may be given to others."""
    return SETTLED_SECONDS if "things" in widget else SECONDS


def may_share(widget: dict[str, Any]) -> bool:
    """Whether answers to a widget are the same for all readers of the same rights."""
    return not any(name in widget for name in ALONE)
