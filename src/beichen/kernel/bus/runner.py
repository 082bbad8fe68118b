"""The bus at work: relay, subscribers and retries of one process, until it is told to stop.

The broker or the database may be away for any time: everything starts again from what the database
says, with growing pauses. Nothing is kept in memory that matters.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from nats.js import JetStreamContext

from beichen.kernel.bus import broker, parking, trimming
from beichen.kernel.bus.consumer import Consumer
from beichen.kernel.bus.lock import Lock
from beichen.kernel.bus.relay import Relay
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import Subscriber, registered_subscribers
from beichen.kernel.bus.tap import Tap
from beichen.kernel.bus.threads import DatabaseThreads
from beichen.kernel.bus.turn import Turn

RETRY_SECONDS = 0.5
TRIM_SECONDS = 3600.0
CLOSE_SECONDS = 5.0
logger = logging.getLogger(__name__)


class Bus:
    """One process's share of the bus. Of several processes one works, the others stand by."""

    def __init__(
        self,
        subscribers: Mapping[str, Subscriber] | None = None,
        *,
        clock: Callable[[], datetime] = timezone.now,
        retry: Retry | None = None,
    ) -> None:
        self._subscribers = registered_subscribers() if subscribers is None else subscribers
        self._clock = clock
        self._retry = retry or Retry()
        # SQLite has one writer: with one thread nobody here waits for a lock that the neighbour holds.
        self._threads = DatabaseThreads(1 if connection.vendor == "sqlite" else 4, "bus")
        self._turn = Turn("bus", self._threads, self._session)

    async def in_database(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run ``function`` in a thread that may use the database."""
        return await self._threads.run(function, *args, **kwargs)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set."""
        try:
            await self._turn.run(stop)
        finally:
            self._threads.close()

    async def _session(self, lock: Lock) -> None:
        client = await broker.connect("worker")
        try:
            js, tap = client.jetstream(), Tap(client)
            stream, last = await broker.ensure_stream(js)
            self._turn.works()
            logger.info("bus works at %s for %d subscribers", broker.address(), len(self._subscribers))
            async with asyncio.TaskGroup() as tasks:
                consumers = [
                    Consumer(to, client, tap, self.in_database, clock=self._clock, retry=self._retry)
                    for to in self._subscribers.values()
                ]
                self._turn.tasks = [
                    tasks.create_task(Relay(client, tap, self.in_database).run()),
                    tasks.create_task(self._try_again(lock)),
                    tasks.create_task(self._trim(js)),
                    *(tasks.create_task(consumer.run(stream, last)) for consumer in consumers),
                ]
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await client.close()

    async def _try_again(self, lock: Lock) -> None:
        while True:
            await self.in_database(lock.check)
            due = await self.in_database(parking.due, list(self._subscribers), self._clock())
            for name, row in due:
                to = self._subscribers[name]
                await self.in_database(parking.try_again, to, row, now=self._clock(), retry=self._retry)
            if not due:
                await asyncio.sleep(RETRY_SECONDS)

    async def _trim(self, js: JetStreamContext) -> None:
        while True:
            lowest = await self.in_database(trimming.lowest_position, list(self._subscribers))
            await trimming.trim(js, lowest, self._clock())
            await asyncio.sleep(TRIM_SECONDS)
