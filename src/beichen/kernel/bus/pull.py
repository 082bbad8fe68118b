"""Pulling messages of a durable consumer: always some asked for ahead, taken in whatever number came.

JetStream API: `$JS.API.CONSUMER.MSG.NEXT.<stream>.<consumer>` with `batch` and `expires`. The client
library's own `fetch` costs a task for each message; this costs one wake-up for a burst of them.
"""

from __future__ import annotations

import asyncio

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from beichen.kernel.bus.event import STREAM

BATCH = 1000
EXPIRES_SECONDS = 30
HEARTBEAT_SECONDS = 4
SILENCE_SECONDS = 10  # two heartbeats were missed: the request is lost, or the server that had it
REQUEST_OVER = frozenset({"404", "408"})


class EndedError(OSError):
    """The consumer was removed, or its server is going away."""


class Pull:
    """Messages of one consumer, in its order."""

    def __init__(self, client: Client, consumer: str, stream: str = STREAM) -> None:
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = client.new_inbox()
        self._arrived: list[Msg] = []
        self._asked = 0
        self._something = asyncio.Event()
        self._trouble = ""

    async def start(self) -> None:
        """Listen where messages arrive."""
        await self._client.subscribe(
            self._inbox, cb=self._take, pending_msgs_limit=-1, pending_bytes_limit=-1
        )

    async def _take(self, message: Msg) -> None:
        status = message.headers.get("Status") if message.headers and not message.data else None
        if status is None:
            self._asked -= 1
            self._arrived.append(message)
        elif status in REQUEST_OVER:
            self._asked = 0
        elif status != "100":
            self._trouble = f"{status} {(message.headers or {}).get('Description', '')}"
        self._something.set()

    async def _ask(self) -> None:
        if self._asked > BATCH // 2:
            return
        wanted = BATCH - max(self._asked, 0)
        request = {
            "batch": wanted,
            "expires": EXPIRES_SECONDS * 1_000_000_000,
            "idle_heartbeat": HEARTBEAT_SECONDS * 1_000_000_000,
        }
        await self._client.publish(self._subject, orjson.dumps(request), reply=self._inbox)
        self._asked = max(self._asked, 0) + wanted

    async def messages(self) -> list[Msg]:
        """The next messages, at most ``BATCH``; waits until there is one.

        Raises EndedError when the server says that there will be none, and what a closed connection raises.
        """
        while not self._arrived:
            await self._ask()
            self._something.clear()
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await self._something.wait()
            except TimeoutError:
                self._asked = 0  # ask again; where the consumer is gone too, that is answered
            if self._trouble:
                raise EndedError(self._trouble)
        taken, self._arrived = self._arrived[:BATCH], self._arrived[BATCH:]
        await self._ask()
        return taken
