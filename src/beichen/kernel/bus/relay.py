"""From the outbox to the stream: in order, many in flight, marked only when acknowledged.

A process killed between acknowledgement and mark publishes the rows again: JetStream drops them by
their message id, and the inbox drops what comes later than its window.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import orjson
from nats.aio.client import Client

from beichen.kernel.bus import outbox
from beichen.kernel.bus.event import MEDIA_TYPE, SUBJECT_PREFIX
from beichen.kernel.bus.outbox import Waiting
from beichen.kernel.bus.tap import Tap

BATCH = 1000
ANSWER_SECONDS = 10.0
BUSY_SECONDS, IDLE_SECONDS = 0.002, 0.01
logger = logging.getLogger(__name__)
InDatabase = Callable[..., Coroutine[Any, Any, Any]]


class RefusedError(OSError):
    """The broker answered that it did not store an event."""


class Relay:
    """Publishes batches over one connection and collects the broker's answers."""

    def __init__(self, client: Client, tap: Tap, in_database: InDatabase) -> None:
        self._client = client
        self._tap = tap
        self._in_database = in_database
        self._prefix = client.new_inbox()
        self._missing: set[int] = set()
        self._refused: list[str] = []
        self._all_answered = asyncio.Event()
        self._background: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Listen for answers; before the first batch."""
        await self._tap.open(f"{self._prefix}.*", self._answered)

    def _answered(self, subject: bytes, _reply: bytes, _headers: bytes, content: bytes) -> None:
        answer = orjson.loads(content) if content else {"error": "nobody stores events"}
        if error := answer.get("error"):
            self._refused.append(str(error))
        else:
            self._missing.discard(int(subject.rpartition(b".")[2]))
        if not self._missing or self._refused:
            self._all_answered.set()

    async def publish(self, rows: Sequence[Waiting]) -> list[int]:
        """Publish ``rows`` in order; returns the ids that were stored.

        Raises TimeoutError when the broker does not answer, RefusedError when it stored nothing.
        """
        self._missing = {row.id for row in rows}
        self._refused = []
        self._all_answered.clear()
        for row in rows:
            await self._client.publish(
                SUBJECT_PREFIX + row.type,
                row.payload.encode(),
                reply=f"{self._prefix}.{row.id}",
                headers={"Nats-Msg-Id": row.key, "content-type": MEDIA_TYPE},
            )
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._all_answered.wait()
        stored = [row.id for row in rows if row.id not in self._missing]
        if self._refused:
            logger.warning("the broker refused %d events: %s", len(self._missing), self._refused[0])
            if not stored:
                raise RefusedError(self._refused[0])
        return stored

    async def relay_all(self) -> int:
        """Relay until nothing waits; returns how many rows were stored.

        While a batch is on its way, the one before is marked and the one after is read.
        """
        relayed = 0
        marking: Awaitable[Any] | None = None
        rows = await self._in_database(outbox.waiting, BATCH)
        while rows:
            following = self._in_background(outbox.waiting, BATCH, rows[-1].id)
            stored = await self.publish(rows)
            if marking is not None:
                await marking
            marking = self._in_background(outbox.mark_relayed, stored)
            relayed += len(stored)
            complete = len(stored) == len(rows)
            rows = await following
            if not complete:
                break
        if marking is not None:
            await marking
        return relayed

    def _in_background(self, work: Callable[..., Any], *arguments: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(self._in_database(work, *arguments))
        self._background.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled():
            task.exception()  # raised where the task is awaited, or lost with the session that it ended

    async def run(self) -> None:
        """Relay for ever; looks again soon after work and less often when idle."""
        await self.start()
        pause = IDLE_SECONDS
        while True:
            pause = BUSY_SECONDS if await self.relay_all() else min(pause * 1.5, IDLE_SECONDS)
            await asyncio.sleep(pause)
