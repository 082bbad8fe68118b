"""The bus at work: relay, subscribers and retries of one process, until it is told to stop.

The broker or the database may be away for any time: everything starts again from what the database
says, with growing pauses. Nothing is kept in memory that matters.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from nats.js import JetStreamContext

from beichen.kernel.bus import broker, parking, trimming
from beichen.kernel.bus.consumer import Consumer
from beichen.kernel.bus.lock import Lock
from beichen.kernel.bus.relay import Relay
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import Subscriber, registered_subscribers

RETRY_SECONDS = 0.5
STANDBY_SECONDS = 1.0
TRIM_SECONDS = 3600.0
INSIST_SECONDS = 1.0
CLOSE_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
TROUBLE = (*broker.TROUBLE, DatabaseError, InterfaceError, psycopg.Error)
logger = logging.getLogger(__name__)


def _in_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    is_kept = connection.vendor == "sqlite"  # others go back to the pool
    try:
        return function(*args, **kwargs)
    except (DatabaseError, InterfaceError):
        is_kept = False
        raise
    finally:
        if not is_kept:
            connection.close()


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
        self._has_worked = False
        self._tasks: list[asyncio.Task[None]] = []
        # SQLite has one writer: with one thread nobody here waits for a lock that the neighbour holds.
        workers = 1 if connection.vendor == "sqlite" else 4
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="bus")

    async def in_database(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run ``function`` in a thread that may use the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_in_thread, function, *args, **kwargs))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set."""
        stopped = asyncio.create_task(stop.wait())
        work = asyncio.create_task(self._work())
        try:
            await asyncio.wait({stopped, work}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            await self._end(work)
            results = await asyncio.gather(stopped, work, return_exceptions=True)
            self._threads.submit(lambda: connection.close()).result()
            self._threads.shutdown(wait=True)
        if isinstance(results[1], Exception):
            raise results[1]

    async def _end(self, work: asyncio.Task[None]) -> None:
        """Cancel until it is heard: the client library swallows a cancellation that meets a publish."""
        while not work.done():
            work.cancel()
            for task in self._tasks:
                task.cancel()
            await asyncio.wait({work}, timeout=INSIST_SECONDS)

    async def _work(self) -> None:
        pause = FIRST_PAUSE
        lock = Lock("bus")
        try:
            while True:
                try:
                    if not await self.in_database(lock.take):
                        await asyncio.sleep(STANDBY_SECONDS)
                        continue
                    await self._session(lock)
                except* TROUBLE as trouble:
                    pause = FIRST_PAUSE if self._has_worked else min(pause * 2, LONGEST_PAUSE)
                    logger.warning("bus waits %.1f s: %s", pause, _first(trouble))
                lock.release()
                await asyncio.sleep(pause)
        finally:
            lock.release()

    async def _session(self, lock: Lock) -> None:
        self._has_worked = False
        client = await broker.connect("worker")
        try:
            js = client.jetstream()
            stream, last = await broker.ensure_stream(js)
            self._has_worked = True
            logger.info("bus works at %s for %d subscribers", broker.address(), len(self._subscribers))
            async with asyncio.TaskGroup() as tasks:
                consumers = [
                    Consumer(to, client, self.in_database, clock=self._clock, retry=self._retry)
                    for to in self._subscribers.values()
                ]
                self._tasks = [
                    tasks.create_task(Relay(client, self.in_database).run()),
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


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
