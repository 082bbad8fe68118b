"""Into the broker's stream from a process that answers HTTP: a connection in a thread of its own.

What :meth:`Post.keep` returned for is in the stream, as durable as what came over MQTT with QoS 1.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache

from nats.aio.client import Client
from nats.errors import Error as NatsError

from beichen.kernel.bus import broker
from beichen.platforms.iot import codes, stream
from beichen.problem import Problem, ProblemError, said, shorten

ANSWER_SECONDS = 10.0
MOST_IN_FLIGHT = 256
TRIES = 2  # the second with a new connection


class Post:
    """A connection that is made when it is needed and made again after it was lost."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._client: Client | None = None
        self._making = asyncio.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name="post", daemon=True)
        self._thread.start()

    def keep(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Put messages (subject and content) into the stream; returns when all are durable.

        Raises ProblemError IOT-111 when that is not so within ten seconds: some may be in the stream.
        """
        task = asyncio.run_coroutine_threadsafe(self._keep(messages), self._loop)
        try:
            task.result(ANSWER_SECONDS)
        except (*broker.TROUBLE, NatsError) as error:
            task.cancel()
            reason = str(error) or type(error).__name__
            message = shorten(said("the broker did not keep them: {reason}", reason=reason))
            raise ProblemError(Problem(codes.NOT_DURABLE, message, hint=said("send them again"))) from error

    async def _connected(self) -> Client:
        async with self._making:
            if self._client is None or not self._client.is_connected:
                self._client = await broker.connect("post")
                await stream.ensure(self._client.jetstream())
            return self._client

    async def _keep(self, messages: Sequence[tuple[str, bytes]]) -> None:
        for last in (number == TRIES for number in range(1, TRIES + 1)):
            client = await self._connected()
            try:
                await self._all(client, messages)
            except NatsError:
                # What was stored by the first try comes twice, and is known as a duplicate.
                if last or client.is_connected:
                    raise
            else:
                return

    async def _all(self, client: Client, messages: Sequence[tuple[str, bytes]]) -> None:
        js = client.jetstream()
        room = asyncio.Semaphore(MOST_IN_FLIGHT)

        async def one(subject: str, content: bytes) -> None:
            async with room:
                await js.publish(subject, content, timeout=ANSWER_SECONDS)

        await asyncio.gather(*(one(subject, content) for subject, content in messages))

    def close(self) -> None:
        """End the connection and its thread."""

        async def end() -> None:
            if self._client is not None:
                with suppress(*broker.TROUBLE):
                    await self._client.close()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_SECONDS)
        self._loop.close()


class Kept(list[tuple[str, bytes]]):
    """Messages that are kept in memory, in place of a broker."""

    def keep(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Keep messages (subject and content)."""
        self += messages


_IN_MEMORY: ContextVar[Kept | None] = ContextVar("kept messages", default=None)


@contextmanager
def in_memory() -> Iterator[Kept]:
    """Inside, messages of this thread are kept in memory: stories have no broker."""
    kept = Kept()
    token = _IN_MEMORY.set(kept)
    try:
        yield kept
    finally:
        _IN_MEMORY.reset(token)


@cache
def connection() -> Post:
    """The connection of this process to the broker."""
    return Post()


def post() -> Post | Kept:
    """Where this process keeps messages."""
    kept = _IN_MEMORY.get()
    return connection() if kept is None else kept
