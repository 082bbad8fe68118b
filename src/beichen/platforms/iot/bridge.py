"""A city's own MQTT broker (Mosquitto, EMQX …) bridged in: what is said there is kept as if said here.

The house comes as one client with a session that the broker keeps, subscribes with QoS 1, and acknowledges a
message when it is in the stream: what the broker was not told of comes again. Who may speak for a device is
decided by that broker's own rules: its administrator lets each device publish below ``v1/{its code}/`` alone.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from gmqtt import Client as Mqtt
from gmqtt.mqtt.constants import MQTTv311
from gmqtt.mqtt.handler import MQTTConnectError
from nats.js import JetStreamContext

from beichen.kernel.bus import broker
from beichen.platforms.iot.codes import BAD_BROKER
from beichen.platforms.iot.topics import ABOVE, KEPT
from beichen.problem import Problem, ProblemError, Where
from beichen.settings import settings

PORTS = {"mqtt": 1883, "mqtts": 8883}
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
KEEP_ALIVE = 30
_NO_TOKEN = frozenset(" .*>\t\r\n\0%")  # in a topic's word, and not in a subject's
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Where a broker is: ``mqtt[s]://[name:password@]host[:port][/prefix]``; topics begin with the prefix."""

    host: str
    port: int
    is_secure: bool
    name: str
    password: str
    prefix: str

    @property
    def address(self) -> str:
        """Host and port, without what is secret."""
        return f"{self.host}:{self.port}"


def foreign(url: str) -> Foreign:
    """The broker of a URL. Raises ProblemError IOT-121."""
    hint = "mqtt://[name:password@]host[:port][/prefix], or mqtts://"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    prefix = parts.path.strip("/")
    if parts.scheme not in PORTS or not parts.hostname or parts.query or "+" in prefix or "#" in url:
        message = "BEICHEN_MQTT_URL is no address of a broker"
        raise ProblemError(Problem(BAD_BROKER, message, Where(field="BEICHEN_MQTT_URL"), hint))
    return Foreign(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "mqtts",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        f"{prefix}/" if prefix else "",
    )


def look() -> Iterator[Problem]:
    """Whether the city's own broker answers, where one is set."""
    if not settings().mqtt_url:
        return
    try:
        to = foreign(settings().mqtt_url)
        socket.create_connection((to.host, to.port), timeout=5).close()
    except ProblemError as error:
        yield from error.problems
    except OSError as error:
        yield Problem(
            BAD_BROKER, f"nothing answers at {to.address}"[:80], hint=f"check BEICHEN_MQTT_URL: {error}"
        )


def subject_of(topic: str) -> str:
    """The stream's subject for a topic; what no subject can hold is written as ``%2E``."""
    words = [
        "".join(f"%{ord(one):02X}" if one in _NO_TOKEN else one for one in word) for word in topic.split("/")
    ]
    return KEPT + ".".join(word or "%" for word in words)


class Bridge:
    """One connection to the foreign broker, made again for ever."""

    def __init__(self, js: JetStreamContext, to: Foreign, client_id: str) -> None:
        self._js = js
        self._to = to
        self._client_id = client_id
        self._client: Mqtt | None = None

    def say(self, subject: str, content: bytes) -> None:
        """Tell a device that is there; one that hears nothing is told again, as everywhere."""
        if self._client is not None and self._client.is_connected:
            self._client.publish(self._to.prefix + subject.replace(".", "/"), content, qos=1)

    async def run(self) -> None:
        """Carry messages for ever; trouble with either broker ends the connection, and it begins anew."""
        pause = FIRST_PAUSE
        while True:
            broken, parted = asyncio.Event(), asyncio.Event()
            try:
                async with asyncio.timeout(KEEP_ALIVE):
                    await self._connect(broken, parted)
                pause = FIRST_PAUSE
                logger.info("bridged to %s", self._to.address)
                await broken.wait()
                logger.warning("the connection to %s, bridged in, was lost", self._to.address)
            except (OSError, TimeoutError, MQTTConnectError) as error:
                reason = str(error) or type(error).__name__
                logger.warning("%s, bridged in, does not answer: %s", self._to.address, reason)
            finally:
                await self._part()
                parted.set()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self, broken: asyncio.Event, parted: asyncio.Event) -> None:
        client = Mqtt(self._client_id, clean_session=False, optimistic_acknowledgement=False)
        client.set_config({"reconnect_retries": 0})
        if self._to.name:
            client.set_auth_credentials(self._to.name, self._to.password or None)

        async def keep(_client: Any, topic: str, payload: bytes, _qos: int, _properties: Any) -> int:
            try:
                await self._js.publish(subject_of(topic.removeprefix(self._to.prefix)), payload)
            except broker.TROUBLE as error:
                logger.warning("what came over the bridge could not be kept: %s", error)
                broken.set()
                await parted.wait()  # answered when nobody hears it any more: it comes again
            return 0

        client.on_message = keep
        client.on_connect = lambda *_: [client.subscribe(self._to.prefix + one, qos=1) for one in ABOVE]
        client.on_disconnect = lambda *_: broken.set()
        self._client = client
        secure = ssl.create_default_context() if self._to.is_secure else False
        await client.connect(self._to.host, self._to.port, ssl=secure, keepalive=KEEP_ALIVE, version=MQTTv311)

    async def _part(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.on_disconnect = lambda *_: None
            await client.disconnect()
