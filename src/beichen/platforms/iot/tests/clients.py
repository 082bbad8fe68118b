"""Devices as their makers write them: MQTT clients that publish with QoS 1 and remember what they heard."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from gmqtt import Client as Mqtt

PATIENCE = 30.0


def played(story: Callable[[], Awaitable[None]]) -> None:
    """Run a story; the connection of the thread in which it asked the database is closed with it."""

    async def whole() -> None:
        try:
            await story()
        finally:
            await sync_to_async(connections.close_all)()

    asyncio.run(whole())
    sweep()


def sweep() -> None:
    """Let go of sockets of refused and broken connections, which gmqtt leaves to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class Client:
    """A device's MQTT client."""

    def __init__(self, name: str, secret: str, client_id: str = "") -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._client = Mqtt(client_id or name)
        self._client.set_auth_credentials(name, secret)
        self._client.on_message = self._take
        self.is_in = False
        self._client.on_connect = lambda *_: self._stands(True)
        self._client.on_disconnect = lambda *_: self._stands(False)
        self._granted: asyncio.Queue[int] = asyncio.Queue()
        self._client.on_subscribe = lambda _client, _number, qos, _properties: self._granted.put_nowait(
            qos[0]
        )

    def _stands(self, is_in: bool) -> None:
        self.is_in = is_in

    def gives_up(self) -> Client:
        """Let it not come in anew when it is parted."""
        self._client.set_config({"reconnect_retries": 0})
        return self

    def _take(self, _client: Any, topic: str, payload: bytes, _qos: int, _properties: Any) -> int:
        self.heard.append((topic, payload))
        return 0

    async def connect(self, port: int) -> Client:
        """Raises MQTTConnectError when the broker refuses."""
        async with asyncio.timeout(PATIENCE):
            await self._client.connect("127.0.0.1", port, version=4)
        return self

    async def subscribe(self, topic: str) -> int:
        """The quality that was granted; 128 for a refusal."""
        self._client.subscribe(topic, qos=1)
        async with asyncio.timeout(PATIENCE):
            return await self._granted.get()

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> None:
        """Say something."""
        self._client.publish(topic, payload, qos=qos)

    async def acknowledged(self) -> None:
        """Wait until the broker has acknowledged everything."""
        async with asyncio.timeout(PATIENCE):
            await self._client._persistent_storage.wait_empty()

    @property
    def unacknowledged(self) -> int:
        """How many messages the broker has not acknowledged."""
        return len(self._client._persistent_storage.get_all())

    async def close(self) -> None:
        """Part from the broker."""
        await self._client.disconnect()
