"""Work that one process does at a time: the others stand by; it begins again whenever what it needs returns.

Nothing may be kept in memory that matters: a session starts from what the database and the broker say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError

from beichen.kernel.bus import broker
from beichen.kernel.bus.lock import Lock
from beichen.kernel.bus.threads import DatabaseThreads

STANDBY_SECONDS = 1.0
INSIST_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
TROUBLE = (*broker.TROUBLE, DatabaseError, InterfaceError, psycopg.Error)
logger = logging.getLogger(__name__)

Session = Callable[[Lock], Awaitable[None]]
"""Works until it is cancelled or meets trouble; given the lock, which it checks now and then."""


class Turn:
    """One process's wait for its turn under ``name``."""

    def __init__(self, name: str, threads: DatabaseThreads, session: Session) -> None:
        self._name = name
        self._threads = threads
        self._session = session
        self._has_worked = False
        self.tasks: list[asyncio.Task[None]] = []
        """Of the session; a group that ends does not tell those again that swallowed its cancellation."""

    def works(self) -> None:
        """Said by a session once everything it needs has answered: the next pause is a short one."""
        self._has_worked = True

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set. Raises what is no trouble of broker or database."""
        stopped = asyncio.create_task(stop.wait())
        work = asyncio.create_task(self._work())
        try:
            await asyncio.wait({stopped, work}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            while not work.done():  # the client library swallows a cancellation that meets a publish
                work.cancel()
                for task in self.tasks:
                    task.cancel()
                await asyncio.wait({work}, timeout=INSIST_SECONDS)
            results = await asyncio.gather(stopped, work, return_exceptions=True)
        if isinstance(results[1], Exception):
            raise results[1]

    async def _work(self) -> None:
        pause = FIRST_PAUSE
        lock = Lock(self._name)
        try:
            while True:
                self._has_worked = False
                try:
                    if not await self._threads.run(lock.take):
                        await asyncio.sleep(STANDBY_SECONDS)
                        continue
                    await self._session(lock)
                except* TROUBLE as trouble:
                    pause = FIRST_PAUSE if self._has_worked else min(pause * 2, LONGEST_PAUSE)
                    logger.warning("%s waits %.1f s: %s", self._name, pause, _first(trouble))
                lock.release()
                await asyncio.sleep(pause)
        finally:
            lock.release()


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
