"""When the broker has no room it acknowledges nothing; the house says so, and goes on when there is room.

A broker is asked now and then to keep a message of no device, and each second while it is suspected of
keeping nothing. One that does not, though it has room, is started anew where it is ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from beichen.kernel.bus import room
from beichen.platforms.iot import keeping
from beichen.platforms.iot.topics import PROBE

LEAST_BYTES = 64 << 20
LOOK_SECONDS = 1.0
TRUST = 30  # looks between two questions to a broker that keeps what it is given
ANSWER_SECONDS = 3.0
logger = logging.getLogger(__name__)
InDatabase = Callable[..., Awaitable[Any]]


class Lookout:
    """Sees to it, for one session of the gateway, that what devices send can be kept."""

    def __init__(self, js: JetStreamContext, stream: str, in_database: InDatabase) -> None:
        self._js = js
        self._stream = stream
        self._in_database = in_database
        self._trouble: str | None = None  # what an earlier session said is not known

    async def run(self) -> None:
        """Look for ever."""
        trusted = 0
        while True:
            left = room.bytes_left()
            if left is not None and left < LEAST_BYTES:
                trusted = 0
                await self._say(f"the broker's disk is full: {left >> 20} MiB are left")
            elif not trusted:
                trusted = TRUST if await self._settled(has_room=left is not None) else 0
            else:
                trusted -= 1
            await asyncio.sleep(LOOK_SECONDS)

    async def _settled(self, *, has_room: bool) -> bool:
        """Whether the broker keeps what it is given; one that does not is started anew."""
        try:
            await self._js.publish(PROBE, b"", timeout=ANSWER_SECONDS)
        except (NatsError, TimeoutError) as error:
            await self._say(f"the broker keeps nothing: {str(error) or type(error).__name__}")
            if has_room and isinstance(error, TimeoutError) and room.start_anew():
                logger.warning("the broker, which has room again, is started anew")
            return False
        await self._say("")
        return True

    async def _say(self, trouble: str) -> None:
        if trouble == self._trouble:
            return
        if trouble or self._trouble:
            logger.warning("readings: %s", trouble or "the broker keeps them again")
        self._trouble = trouble
        try:
            await self._in_database(keeping.say_trouble, self._stream, trouble)
        except DatabaseError as error:
            logger.warning("nor can it be written down: %s", error)
