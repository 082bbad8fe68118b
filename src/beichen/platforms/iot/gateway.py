"""The gateway at work: the door for devices, readings from the stream into the tables, commands down.

Broker, database or tables may be away for any time: nothing is lost that the broker acknowledged, and nothing
is kept in memory that matters. Of several gateways one works, the others stand by.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from nats.aio.client import Client
from nats.js import JetStreamContext

from beichen.kernel.bus import broker, keys
from beichen.kernel.bus.callout import Porter
from beichen.kernel.bus.lock import Lock
from beichen.platforms.iot import commanding, keeping, stream
from beichen.platforms.iot.collecting import Collected, Collector, Passer
from beichen.platforms.iot.entry import Entry
from beichen.platforms.iot.fleet import Devices
from beichen.platforms.iot.models import Batch
from beichen.platforms.iot.speaking import Heard, hear
from beichen.platforms.iot.topics import STREAM
from beichen.platforms.iot.treatment import Treater
from beichen.settings import settings

STANDBY_SECONDS = 1.0
WATCH_SECONDS = 1.0
TRIM_MESSAGES, TRIM_SECONDS = 50_000, 30.0
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


class Gateway:
    """One process's share of the intake of readings."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now) -> None:
        self._clock = clock
        self._has_worked = False
        self.works = asyncio.Event()  # the door is answered, readings are read
        # One thread writes batches in their order; the others answer the door and watch.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="readings")
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="gateway")

    async def in_database(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run ``function`` in a thread that may use the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_in_thread, function, *args))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; the batch in hand is finished."""
        stopped = asyncio.create_task(stop.wait())
        work = asyncio.create_task(self._work())
        try:
            await asyncio.wait({stopped, work}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            while not work.done():  # the client library swallows a cancellation that meets a publish
                work.cancel()
                await asyncio.wait({work}, timeout=1.0)
            results = await asyncio.gather(stopped, work, return_exceptions=True)
            for pool in (self._writer, self._threads):
                pool.submit(lambda: connection.close()).result()
                pool.shutdown(wait=True)
        if isinstance(results[1], Exception):
            raise results[1]

    async def _work(self) -> None:
        pause = FIRST_PAUSE
        lock = Lock("gateway")
        try:
            while True:
                try:
                    if not await self.in_database(lock.take):
                        await asyncio.sleep(STANDBY_SECONDS)
                        continue
                    await self._session(lock)
                except* TROUBLE as trouble:
                    pause = FIRST_PAUSE if self._has_worked else min(pause * 2, LONGEST_PAUSE)
                    logger.warning("gateway waits %.1f s: %s", pause, trouble.exceptions[0])
                lock.release()
                await asyncio.sleep(pause)
        finally:
            lock.release()

    async def _session(self, lock: Lock) -> None:
        self._has_worked = False
        client = await broker.connect("gateway")
        intake = None
        try:
            js = client.jetstream()
            made, _first, last = await stream.ensure(js)
            orders = commanding.Sender(client, self.in_database, self._clock)
            intake = Intaking(self, client, js, made, last, orders)
            await intake.start()
            porter = Porter(keys.issuer(settings().data_dir / "nats"))
            await Entry(client, porter, self.in_database, orders.came_in).start()
            await Passer(client).start()
            await client.flush()
            self._has_worked = True
            self.works.set()
            logger.info("gateway works at %s", broker.address())
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(intake.run())
                tasks.create_task(orders.run())
                tasks.create_task(self._watch(lock, intake))
                tasks.create_task(intake.trim())
        finally:
            self.works.clear()
            if intake is not None:
                await intake.finished()
            with suppress(TimeoutError, *broker.TROUBLE):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await client.close()

    async def _watch(self, lock: Lock, intake: Intaking) -> None:
        """See that the lock is still held, and who has fallen silent."""
        while True:
            await self.in_database(lock.check)
            intake.silent += await self.in_database(keeping.mark_silent, self._clock())
            await asyncio.sleep(WATCH_SECONDS)


class Intaking:
    """Readings of one session: while a batch is written, the next is collected."""

    def __init__(
        self,
        gateway: Gateway,
        client: Client,
        js: JetStreamContext,
        made: str,
        last: int,
        orders: commanding.Sender,
    ) -> None:
        self._gateway = gateway
        self._js = js
        self._made, self._last = made, last
        self._orders = orders
        self._collector = Collector(client, js)
        self._treater = Treater(Devices())
        self._begun: Batch | None = None
        self._writing: asyncio.Future[Heard] | None = None
        self._is_stopping = False
        self._position = self._trimmed = 0
        self.silent: list[str] = []

    async def start(self) -> None:
        """Find the place in the stream."""
        self._position, self._begun = await self._gateway.in_database(keeping.place, self._made, self._last)
        self._trimmed = self._position
        await self._collector.start(self._position)

    async def run(self) -> None:
        """Take batches for ever."""
        if self._begun is not None:
            await self._keep(await self._collector.exactly(self._begun.last), self._begun)
        collected = await self._collector.next()
        while True:
            following = asyncio.create_task(self._collector.next())
            try:
                await self._keep(collected, None)
                collected = await following
            finally:
                following.cancel()

    async def _keep(self, collected: Collected, batch: Batch | None) -> None:
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(
            self._gateway._writer, partial(_in_thread, self._write, collected, batch)
        )
        heard = await asyncio.shield(self._writing)
        self._position = heard.position

    def _write(self, collected: Collected, batch: Batch | None) -> Heard:
        """In the writer's thread: treat a batch and keep it, however long the tables are away."""
        silent, self.silent = self.silent, []
        for code in silent:
            if (speaker := self._treater.devices.speaker(code)) is not None:
                speaker.is_online = False
        return hear(self._made, collected, batch, self._treater, lambda: self._is_stopping)

    async def finished(self) -> None:
        """Wait until the batch in hand is written, or given up because its tables stay away."""
        self._is_stopping = True
        self._collector.close()
        if self._writing is not None:
            await asyncio.wait({self._writing})
            if not self._writing.cancelled():
                self._writing.exception()  # raised where the batch was awaited

    async def trim(self) -> None:
        """Remove from the stream what is in the tables."""
        waited = 0.0
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            waited += WATCH_SECONDS
            behind = self._position - self._trimmed
            if behind >= TRIM_MESSAGES or (behind and waited >= TRIM_SECONDS):
                await self._js.purge_stream(STREAM, seq=self._position + 1)
                self._trimmed, waited = self._position, 0.0
