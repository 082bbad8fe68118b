"""The door for devices: the broker asks, the house looks at the credential and says what the device may
do."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

from beichen.kernel.bus.callout import SUBJECT, Newcomer, Porter, read_request
from beichen.platforms.iot.credentials import admits
from beichen.platforms.iot.models import Device
from beichen.platforms.iot.topics import rights_of

logger = logging.getLogger(__name__)
InDatabase = Callable[..., Awaitable[Any]]
_WORD = re.compile(r"[-_.:/]")


def refusal(who: Newcomer) -> str:
    """Why a newcomer stays out; empty when it may come in as the device that it names.

    A session belongs to its client id at the broker: nobody takes the id of another device, which would part
    that one and inherit its session. An id that begins with no device's code is anybody's.
    """
    if not who.is_mqtt:
        return "devices come by MQTT"
    if not who.name or not admits(who.name, who.secret, who.certificate):
        return "no such device, or not its credential"
    if who.client == who.name:
        return ""  # no code is a longer beginning of it
    ends = [found.start() for found in _WORD.finditer(who.client)]
    heads = {who.client[:end] for end in [*ends, len(who.client)]} - {""}
    owners = Device.objects.filter(code__in=heads).values_list("code", flat=True)
    owner = max(owners, key=len, default=who.name)
    return "" if owner == who.name else "the client id is another device's"


class Entry:
    """Answers the broker's questions until its connection ends."""

    def __init__(
        self, client: Client, porter: Porter, in_database: InDatabase, came_in: Callable[[str], None]
    ) -> None:
        self._client = client
        self._porter = porter
        self._in_database = in_database
        self._came_in = came_in
        self._answering: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen for questions."""
        await self._client.subscribe(SUBJECT, cb=self._asked)

    async def _asked(self, message: Msg) -> None:
        """Answer beside the next question: after a power cut all devices come at once."""
        task = asyncio.create_task(self._answer(message))
        self._answering.add(task)
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("a device was not answered: %s", error)  # the broker refuses it in the end

    async def _answer(self, message: Msg) -> None:
        try:
            who = read_request(message.data)
        except ValueError as error:
            logger.warning("the broker asked in another language: %s", error)
            return
        reason = await self._in_database(refusal, who)
        if reason:
            await message.respond(self._porter.refuse(who, reason))
            return
        await message.respond(self._porter.admit(who, rights_of(who.name)))
        self._came_in(who.name)
