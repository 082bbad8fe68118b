"""A device's MQTT 3.1.1: readings with QoS 1 and their acknowledgements, commands and their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zlib import crc32

import orjson
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv311
from gmqtt.mqtt.handler import MQTTConnectError
from gmqtt.storage import PersistentStorage

MOST_WAITING = 200  # messages of one device that the broker has not acknowledged: then it keeps quiet
KEEPALIVE = 300
UPDATE, ONE_FAILS_OF = "update-firmware", 6
logging.getLogger("gmqtt").setLevel(logging.CRITICAL)  # it connects again by itself


class Counts:
    """What all devices together said."""

    def __init__(self) -> None:
        self.sent = self.acknowledged = self.held_back = self.readings = self.commands = 0


class _Kept(PersistentStorage):  # type: ignore[misc]
    """Messages on their way; counts those that were acknowledged."""

    def __init__(self, counts: Counts) -> None:
        super().__init__()
        self._counts = counts

    def remove_message_by_mid(self, mid: int) -> None:
        if mid in self._messages:
            self._counts.acknowledged += 1
        super().remove_message_by_mid(mid)

    @property
    def waiting(self) -> int:
        """How many are on their way."""
        return len(self._messages)


class Voice:
    """One device's connection. ``told`` hears the parameters of each command."""

    def __init__(self, code: str, token: str, counts: Counts, told: Callable[[dict[str, Any]], None]) -> None:
        self._code, self._counts, self._told = code, counts, told
        self._kept = _Kept(counts)
        self._client = Client(code, persistent_storage=self._kept)
        self._client.set_auth_credentials(code, token)
        self._client.on_connect = self._connected
        self._client.on_message = self._heard

    async def connect(self, host: str, port: int) -> bool:
        """Come in; False when the broker refuses the token. Raises OSError when there is no broker."""
        try:
            await self._client.connect(host, port, keepalive=KEEPALIVE, version=MQTTv311)
        except MQTTConnectError:
            with suppress(Exception):
                await self._client.disconnect()
            return False
        return True

    def _connected(self, client: Client, _flags: int, _code: int, _properties: Any) -> None:
        client.subscribe(f"v1/{self._code}/commands", qos=1)

    def _heard(self, client: Client, _topic: str, payload: bytes, _qos: int, _properties: Any) -> int:
        try:
            command = orjson.loads(payload)
            number, parameters = command["id"], command.get("parameters", {})
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return 0
        self._counts.commands += 1
        if not isinstance(parameters, dict):
            parameters = {}
        if command.get("name") == UPDATE:
            self._updated(str(number), str(parameters.get("version", "")))
            return 0
        self._told(parameters)
        self._answer(str(number), {"status": "done"})
        return 0

    def _answer(self, number: str, said: dict[str, Any]) -> None:
        self._client.publish(f"v1/{self._code}/commands/{number}/ack", orjson.dumps(said), qos=1)
        self._counts.sent += 1

    def _updated(self, number: str, version: str) -> None:
        """Play an update of firmware: most devices come to its end, and say what they run; some cannot."""
        self._answer(number, {"status": "running", "progress": 50})
        if crc32(self._code.encode()) % ONE_FAILS_OF == 0:
            self._answer(number, {"status": "failed", "reason": "校验失败 checksum"})
            return
        self._answer(number, {"status": "done"})
        self.introduce({"firmware": version})

    def say(self, document: dict[str, Any]) -> None:
        """Publish a message, unless too many wait or there is no connection."""
        if self._kept.waiting >= MOST_WAITING or not self._client.is_connected:
            self._counts.held_back += 1
            return
        self._counts.sent += 1
        self._counts.readings += len(document["values"])
        self._client.publish(f"v1/{self._code}/telemetry", orjson.dumps(document), qos=1)

    def introduce(self, attributes: dict[str, Any]) -> None:
        """Say something of itself."""
        self._counts.sent += 1
        self._client.publish(f"v1/{self._code}/attributes", orjson.dumps(attributes), qos=1)

    @property
    def waiting(self) -> int:
        """How many messages the broker has not acknowledged."""
        return self._kept.waiting

    async def close(self) -> None:
        """Part from the broker."""
        self._client.stop_reconnect()
        with suppress(Exception):
            await self._client.disconnect()
