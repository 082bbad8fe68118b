"""The gateway at work: the door for devices, readings from the stream into the tables, commands down.

Broker, database or tables may be away for any time: nothing is lost that the broker acknowledged, and nothing
is kept in memory that matters. Of several gateways one works, the others stand by.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from nats.js import JetStreamContext

from beichen.kernel.bus import broker, keys
from beichen.kernel.bus.callout import Porter
from beichen.kernel.bus.lock import Lock
from beichen.kernel.bus.tap import Tap
from beichen.kernel.bus.threads import DatabaseThreads
from beichen.kernel.bus.turn import Turn
from beichen.platforms.iot import commanding, keeping, stream
from beichen.platforms.iot.announcing import Announcer
from beichen.platforms.iot.bridge import Bridge, foreign
from beichen.platforms.iot.collecting import Collected, Collector, Passer
from beichen.platforms.iot.entry import Entry
from beichen.platforms.iot.fleet import Devices, micros
from beichen.platforms.iot.fullness import Lookout
from beichen.platforms.iot.models import Batch
from beichen.platforms.iot.parting import Parting
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.speaking import Heard, hear
from beichen.platforms.iot.topics import STREAM
from beichen.platforms.iot.treatment import Treater
from beichen.problem import ProblemError
from beichen.settings import settings

WATCH_SECONDS = 1.0
TRIM_MESSAGES, TRIM_SECONDS = 50_000, 30.0
CLOSE_SECONDS = 5.0
IDLE_SECONDS = 2.0  # without a message: then all is read, and the clock is the wall's
LOOK_MICROS = 1_000_000
logger = logging.getLogger(__name__)


class Gateway:
    """One process's share of the intake of readings."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now) -> None:
        self._clock = clock
        self.works = asyncio.Event()  # the door is answered, readings are read
        # One thread writes batches in their order; the others answer the door and watch.
        self._writer = DatabaseThreads(1, "readings")
        self._threads = DatabaseThreads(2, "gateway")
        self._turn = Turn("gateway", self._threads, self._session)

    async def in_database(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run ``function`` in a thread that may use the database."""
        return await self._threads.run(function, *args)

    def begin_writing(self, function: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Run ``function`` after all that were begun before it."""
        return self._writer.submit(function, *args)

    def now(self) -> datetime:
        """The time."""
        return self._clock()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; the batch in hand is finished."""
        try:
            await self._turn.run(stop)
        finally:
            self._writer.close()
            self._threads.close()

    async def _session(self, lock: Lock) -> None:
        client = await broker.connect("gateway")
        intake = None
        try:
            js = client.jetstream()
            made, _first, last = await stream.ensure(js)
            url = settings().mqtt_url
            bridge = Bridge(js, foreign(url), f"beichen-{settings().city}") if url else None

            async def say(subject: str, content: bytes) -> None:
                await client.publish(subject, content)
                if bridge is not None:
                    bridge.say(subject, content)

            orders = commanding.Sender(say, self.in_database, self._clock)
            tap, passer = Tap(client), Passer(client)
            collector, announcer = Collector(client, js, tap), Announcer(client)
            intake = Intaking(self, collector, js, made, last, orders, announcer)
            await intake.start()
            porter = Porter(keys.issuer(settings().data_dir / "nats"))
            await Entry(client, porter, self.in_database, orders.came_in).start()
            await passer.start(tap)
            await client.flush()
            self._turn.works()
            self.works.set()
            logger.info("gateway works at %s", broker.address())
            async with asyncio.TaskGroup() as tasks:
                self._turn.tasks = [
                    tasks.create_task(intake.run()),
                    tasks.create_task(orders.run()),
                    tasks.create_task(passer.run()),
                    tasks.create_task(announcer.run()),
                    tasks.create_task(self._watch(lock, intake)),
                    tasks.create_task(intake.trim()),
                    tasks.create_task(Lookout(js, made, self.in_database).run()),
                    tasks.create_task(Parting(self.in_database).run()),
                ]
                if bridge is not None:
                    self._turn.tasks.append(tasks.create_task(bridge.run()))
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
        collector: Collector,
        js: JetStreamContext,
        made: str,
        last: int,
        orders: commanding.Sender,
        announcer: Announcer,
    ) -> None:
        self._gateway = gateway
        self._js = js
        self._made, self._last = made, last
        self._orders = orders
        self._announcer = announcer
        self._collector = collector
        self._treater = Treater(Devices())
        self._watch = Watch(micros(gateway.now()))
        self._begun: Batch | None = None
        self._writing: asyncio.Future[Heard] | None = None
        self._is_stopping = False
        self._position = self._trimmed = self._looked = 0
        self.silent: list[str] = []

    async def start(self) -> None:
        """Find the place in the stream."""
        self._position, self._begun = await self._gateway.in_database(keeping.place, self._made, self._last)
        self._trimmed = self._position
        await self._gateway.begin_writing(self._get_ready)
        await self._collector.start(self._position)

    def _get_ready(self) -> None:
        """In the writer's thread: whoever opens the door to devices has what their first readings need."""
        try:
            if keeping.get_ready():
                self._watch.prepare()
        except (DatabaseError, ProblemError):
            logger.exception("rules could not be made ready")
            self._watch.forget()

    async def run(self) -> None:
        """Take batches for ever."""
        if self._begun is not None:
            await self._keep(await self._collector.exactly(self._begun.last), self._begun)
        collected = await self._collector.next()
        while True:
            self._collector.is_waited_for = False
            following = asyncio.create_task(self._collector.next())
            try:
                await self._keep(collected, None)
                self._collector.is_waited_for = True
                await self._look_at_the_clock(collected.messages[-1].at)
                while not (await asyncio.wait({following}, timeout=IDLE_SECONDS))[0]:
                    await self._look_at_the_clock(micros(self._gateway.now()))
                collected = following.result()
            finally:
                following.cancel()

    async def _look_at_the_clock(self, now: int) -> None:
        """Let rules look at the clock, which stands where readings are: those that wait to be read count."""
        if now - self._looked >= LOOK_MICROS:
            self._looked = now
            self._writing = self._gateway.begin_writing(self._tick, now)
            await asyncio.shield(self._writing)

    def _tick(self, now: int) -> Heard:
        """In the writer's thread. Rules hold up no readings: what goes wrong is tried again."""
        try:
            self._watch.tick(now)
        except (DatabaseError, ProblemError):
            logger.exception("rules could not look at the clock")
            self._watch.forget()
        return Heard(self._position)

    async def _keep(self, collected: Collected, batch: Batch | None) -> None:
        self._writing = self._gateway.begin_writing(self._write, collected, batch)
        heard = await asyncio.shield(self._writing)
        self._position = heard.position
        self._announcer.add(heard.kin)

    def _write(self, collected: Collected, batch: Batch | None) -> Heard:
        """In the writer's thread: treat a batch and keep it, however long the tables are away."""
        silent, self.silent = self.silent, []
        for code in silent:
            if (speaker := self._treater.devices.speaker(code)) is not None:
                speaker.is_online = False
        return hear(self._made, collected, batch, self._treater, lambda: self._is_stopping, self._watch)

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
