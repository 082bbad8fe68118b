"""Pulling messages of a durable consumer: always some asked for ahead, taken in whatever number came.

JetStream API: `$JS.API.CONSUMER.MSG.NEXT.<stream>.<consumer>` with `batch` and `expires`. The client
library's own `fetch` costs a task for each message, its subscriptions a parser of mail headers; this costs
one wake-up for a burst of them, through a tap.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import orjson
from nats.aio.client import Client

from beichen.kernel.bus.event import STREAM
from beichen.kernel.bus.tap import Tap

BATCH = 1000
EXPIRES_SECONDS = 30
HEARTBEAT_SECONDS = 4
SILENCE_SECONDS = 10  # two heartbeats were missed: the request is lost, or the server that had it
REQUEST_OVER = frozenset({"404", "408"})
BYTES_OVER = frozenset({"Batch Completed", "Message Size Exceeds MaxBytes"})  # the request has had its bytes
_STATUS = b"NATS/1.0 "


class EndedError(OSError):
    """The consumer was removed, or its server is going away."""


class Standing(NamedTuple):
    """Where a delivery stands: in its stream, at its consumer, and when the server kept it (nanoseconds)."""

    place: int
    number: int
    at: int


class Delivery(NamedTuple):
    """A message as it lay on the wire, without its headers."""

    reply: bytes
    subject: bytes
    content: bytes

    def standing(self) -> Standing:
        """Read off the reply subject (NATS ADR-15), which has nine words, or more."""
        words = self.reply.split(b".")
        place, number, at = words[5:8] if len(words) == 9 else words[7:10]
        return Standing(int(place), int(number), int(at))


Wire = tuple[bytes, bytes, bytes]
"""A delivery as a plain tuple, for whoever takes them by the ten thousand."""


class Pull:
    """Messages of one consumer, in its order; some are always asked for ahead."""

    def __init__(
        self, client: Client, consumer: str, stream: str = STREAM, *, batch: int = 0, most_bytes: int = 0
    ) -> None:
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = client.new_inbox()
        self._batch = batch
        self._most_bytes = most_bytes
        self._arrived: list[Wire] = []
        self._asked = 0
        self._something = asyncio.Event()
        self._trouble = ""

    async def start(self, tap: Tap) -> None:
        """Listen where messages arrive."""
        await tap.open(self._inbox, self._take)

    def _take(self, subject: bytes, reply: bytes, headers: bytes, content: bytes) -> None:
        if not content and headers.startswith(_STATUS):
            status, _, description = headers[len(_STATUS) :].partition(b"\r\n")[0].partition(b" ")
            self._told(status.decode(), description.decode())
            return
        self._asked -= 1
        self._arrived.append((reply, subject, content))
        self._something.set()

    def _told(self, status: str, description: str) -> None:
        """What the server says of a request, in place of a message."""
        if status in REQUEST_OVER or description in BYTES_OVER:
            self._asked = 0
        elif status != "100":
            self._trouble = f"{status} {description}"
        self._something.set()

    async def _ask(self) -> None:
        most = self._batch or BATCH
        if self._asked > most // 2:
            return
        wanted = most - max(self._asked, 0)
        request = {
            "batch": wanted,
            "expires": EXPIRES_SECONDS * 1_000_000_000,
            "idle_heartbeat": HEARTBEAT_SECONDS * 1_000_000_000,
        }
        if self._most_bytes:
            request["max_bytes"] = self._most_bytes
        await self._client.publish(self._subject, orjson.dumps(request), reply=self._inbox)
        self._asked = max(self._asked, 0) + wanted

    async def messages(self) -> list[Delivery]:
        """As :meth:`wires`."""
        return list(map(Delivery._make, await self.wires()))

    async def wires(self) -> list[Wire]:
        """The next messages, no more than are asked for at once; waits until there is one.

        Raises EndedError when the server says that there will be none, and what a closed connection raises.
        """
        while not self._arrived:
            if self._trouble:
                raise EndedError(self._trouble)
            self._something.clear()  # before it asks: what comes meanwhile is not slept through
            await self._ask()
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await self._something.wait()
            except TimeoutError:
                self._asked = 0  # ask again; where the consumer is gone too, that is answered
        most = self._batch or BATCH
        taken, self._arrived = self._arrived[:most], self._arrived[most:]
        await self._ask()
        return taken
