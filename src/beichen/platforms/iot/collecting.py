"""Taking messages from the stream by the batch: bounded by number, size and time, strictly in order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from beichen.kernel.bus.pull import Delivery, Pull, Wire
from beichen.kernel.bus.tap import Tap
from beichen.platforms.iot.topics import FROM_DEVICES, KEPT, PROBE, QOS, STREAM

MOST_MESSAGES = 20_000
MOST_BYTES = 32 << 20
ASKED_MESSAGES, ASKED_BYTES = 4_000, 8 << 20  # ahead of what is taken
LINGER_SECONDS = 0.4
PAUSE_SECONDS = 0.02  # without a message: what was said together is in hand
SMALL = 3  # small batches that may follow each other at once; then one every LINGER_SECONDS
ENOUGH = 4_000  # messages that are worth a batch of their own when nothing else is being written
IDLE_SECONDS = 300.0
MOST_PASSED = 100_000  # messages of quality of service 0 that wait at most
_QUALITY_0 = f"{QOS}:0\r\n".encode()
_PROBE = PROBE.encode()
logger = logging.getLogger(__name__)


class LostError(OSError):
    """A delivery went missing; the stream is to be read again from the position."""


class Taken(NamedTuple):
    """A message of the stream: its place there, when the broker kept it (microseconds), subject and
    content."""

    place: int
    at: int
    subject: bytes
    payload: bytes


@dataclass(slots=True)
class Collected:
    """Messages in their order; their first and last place are what a batch is."""

    messages: list[Taken] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether no more should be waited for."""
        return len(self.messages) >= MOST_MESSAGES or self.size >= MOST_BYTES


class Pace:
    """How often a batch may be begun that is small: each is a file of the table, and devices that say little
    would make one of every message."""

    def __init__(self) -> None:
        self._paid = 0.0  # until when those that were begun are paid for

    def due(self) -> float:
        """When the next one may be begun."""
        return self._paid - (SMALL - 1) * LINGER_SECONDS

    def spend(self, now: float) -> None:
        """One is begun."""
        self._paid = max(now, self._paid) + LINGER_SECONDS


def _standings(replies: Sequence[bytes]) -> tuple[list[int], list[int], list[int]]:
    """Places, numbers and times (nanoseconds) of deliveries, as :meth:`Delivery.standing` tells each."""
    words = b".".join(replies).split(b".")
    if len(words) != 9 * len(replies):
        found = [Delivery(reply, b"", b"").standing() for reply in replies]
        return [one.place for one in found], [one.number for one in found], [one.at for one in found]
    return list(map(int, words[5::9])), list(map(int, words[6::9])), list(map(int, words[7::9]))


def taken(arrived: Sequence[Wire], expected: int) -> list[Taken]:
    """Deliveries, the first of which has the number ``expected`` at the consumer, but for what nobody said.

    Raises LostError where one is missing: they come in their order, so that as many as they are numbered from
    the first to the last are all.
    """
    replies, subjects, contents = zip(*arrived, strict=True)
    places, numbers, times = _standings(replies)
    first, last = numbers[0], numbers[-1]
    if first != expected or last - first != len(arrived) - 1:
        raise LostError(f"a delivery of the readings is missing between {expected} and {last}")
    found = list(map(Taken, places, [at // 1_000 for at in times], subjects, contents))
    return [one for one in found if one.subject != _PROBE] if _PROBE in subjects else found


class Collector:
    """Reads the stream after a position. One at a time; nothing is acknowledged, the position is the
    database's."""

    def __init__(self, client: Client, js: JetStreamContext, tap: Tap) -> None:
        self._client = client
        self._js = js
        self._tap = tap
        self._pull: Pull | None = None
        self._expected = 1
        self._waiting: list[Taken] = []
        self._arriving: asyncio.Task[None] | None = None
        self._arrived_at = 0.0
        self._pace = Pace()
        self._wanted = asyncio.Event()
        self._wanted.set()

    @property
    def is_waited_for(self) -> bool:
        """Whether nothing else is being written meanwhile."""
        return self._wanted.is_set()

    @is_waited_for.setter
    def is_waited_for(self, value: bool) -> None:
        if value:
            self._wanted.set()
        else:
            self._wanted.clear()

    async def start(self, position: int) -> None:
        """Read what stands behind ``position``."""
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=position + 1,
            # no filter: of several the server looks at every subject of a block for each message
            ack_policy=AckPolicy.NONE,
            inactive_threshold=IDLE_SECONDS,
            mem_storage=True,
        )
        made = await self._js.add_consumer(STREAM, config)
        self._pull = Pull(self._client, made.name, STREAM, batch=ASKED_MESSAGES, most_bytes=ASKED_BYTES)
        await self._pull.start(self._tap)

    async def _more(self) -> None:
        if self._pull is None:
            raise RuntimeError("started first")
        arrived = await self._pull.wires()
        self._waiting += taken(arrived, self._expected)
        self._expected += len(arrived)

    def _move(self, into: Collected, until: int | None) -> bool:
        """Move what waits into the batch; returns whether the batch is complete."""
        size = sum([len(message.payload) for message in self._waiting]) + 100 * len(self._waiting)
        is_room = len(into.messages) + len(self._waiting) <= MOST_MESSAGES and into.size + size <= MOST_BYTES
        if until is None and is_room:
            into.messages += self._waiting
            into.size += size
            self._waiting = []
            return into.is_full
        for number, message in enumerate(self._waiting):
            if into.is_full or (until is not None and message.place > until):
                self._waiting = self._waiting[number:]
                return True
            into.messages.append(message)
            into.size += len(message.payload) + 100
            if message.place == until:
                self._waiting = self._waiting[number + 1 :]
                return True
        self._waiting = []
        return into.is_full and until is None

    async def _arrival(self, until: float | None = None, *, or_wanted: bool = False) -> bool:
        """Wait for more messages, and no longer than ``until``, or than until they are waited for; returns
        whether some came.

        What is waited for is never cancelled: a delivery that was taken and dropped would be missing.
        """
        if self._arriving is None:
            self._arriving = asyncio.create_task(self._more())
        loop = asyncio.get_running_loop()
        left = None if until is None else max(0.0, until - loop.time())
        wanted = [asyncio.create_task(self._wanted.wait())] if or_wanted else []
        first = asyncio.FIRST_COMPLETED
        try:
            await asyncio.wait([self._arriving, *wanted], timeout=left, return_when=first)
        finally:
            for one in wanted:
                one.cancel()
        if not self._arriving.done():
            return False
        arrived, self._arriving = self._arriving, None
        arrived.result()
        self._arrived_at = loop.time()
        return True

    async def exactly(self, until: int) -> Collected:
        """The messages up to the place ``until``, which are all there: a batch that had been begun."""
        found = Collected()
        while not self._move(found, until):
            await self._arrival()
        return found

    async def next(self) -> Collected:
        """The next messages: waits for the first, and then a little for others, unless there are enough.

        While another batch is being written this one grows until it is full. A pause in what is said ends it
        too, as far as the pace allows.
        """
        found, loop = Collected(), asyncio.get_running_loop()
        until = loop.time() + LINGER_SECONDS
        while not self._move(found, None):
            if not found.messages:
                await self._arrival()
                until = loop.time() + LINGER_SECONDS
            elif not self.is_waited_for:
                await self._arrival(or_wanted=True)
            elif self._is_due(found, until) or not await self._arrival(self._closing(until)):
                break
        if len(found.messages) < ENOUGH and not found.is_full:
            self._pace.spend(loop.time())
        return found

    def _is_due(self, found: Collected, until: float) -> bool:
        """Whether a batch that is waited for is to be given, though more may be coming."""
        return len(found.messages) >= ENOUGH or asyncio.get_running_loop().time() >= until

    def _closing(self, until: float) -> float:
        """When a batch is closed if nothing comes: after a pause, or ``until`` where its pace is too fast."""
        return min(until, max(self._arrived_at + PAUSE_SECONDS, self._pace.due()))

    def close(self) -> None:
        """Wait for no more."""
        if self._arriving is not None:
            self._arriving.cancel()


class Passer:
    """Lets messages of quality of service 0 into the stream too: at most once, as their senders chose."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: deque[tuple[bytes, bytes]] = deque(maxlen=MOST_PASSED)
        self._something = asyncio.Event()

    async def start(self, tap: Tap) -> None:
        """Listen; what came with a higher quality is in the stream already."""
        for pattern in FROM_DEVICES:
            await tap.open(pattern, self._take, only=_QUALITY_0)

    def _take(self, subject: bytes, _reply: bytes, _headers: bytes, content: bytes) -> None:
        self._waiting.append((subject, content))
        self._something.set()

    async def run(self) -> None:
        """Pass on for ever."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                subject, content = self._waiting.popleft()
                await self._client.publish(f"{KEPT}{subject.decode('utf-8', 'replace')}", content)
