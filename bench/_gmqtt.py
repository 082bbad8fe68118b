"""Devices that speak MQTT through gmqtt, as their makers would write them, and the peer that hears them so.

`python -m bench._gmqtt publish PORT SECRETS COUNT START PART PARTS | subscribe PORT COUNT`; SECRETS is a file
with a list of codes and tokens, of which every process of PARTS takes its part; START is the devices' own
clock in milliseconds. A publisher says ``ready`` when all are in, and begins when it is told a line.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from gmqtt import Client
from gmqtt.storage import PersistentStorage

WINDOW = 200  # messages of a device that are not yet acknowledged


class Device:
    """One client, which waits for all acknowledgements of a window before it says the next."""

    def __init__(self, code: str, secret: str) -> None:
        self._topic = f"v1/{code}/telemetry"
        self._unacknowledged = PersistentStorage()
        self._client = Client(code, persistent_storage=self._unacknowledged)
        self._client.set_auth_credentials(code, secret)

    async def connect(self, port: int) -> None:
        """Raises MQTTConnectError when the broker refuses."""
        await self._client.connect("127.0.0.1", port, version=4)

    async def publish(self, count: int, start: int) -> None:
        """Say so many readings, a reading a message."""
        for first in range(0, count, WINDOW):
            for number in range(first, min(count, first + WINDOW)):
                payload = b'{"ts":%d,"level_m":%.2f}' % (start + number, (number % 3000) / 100)
                self._client.publish(self._topic, payload, qos=1)
            await self._unacknowledged.wait_empty()
        await self._client.disconnect()


async def publish(port: int, secrets: list[list[str]], count: int, start: int) -> None:
    """Each device says ``count`` readings, when all are in and a line came."""
    devices = [Device(code, secret) for code, secret in secrets]
    await asyncio.gather(*(device.connect(port) for device in devices))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(device.publish(count, start) for device in devices))


async def subscribe(port: int, count: int) -> None:
    """The peer: decode and count, then end."""
    done, got = asyncio.Event(), 0

    def take(_client: Any, _topic: str, payload: bytes, _qos: int, _properties: Any) -> int:
        nonlocal got
        json.loads(payload)
        got += 1
        if got >= count:
            done.set()
        return 0

    client = Client("peer")
    client.on_message = take
    client.on_subscribe = lambda *_: print("subscribed", flush=True)
    await client.connect("127.0.0.1", port, version=4)
    client.subscribe("v1/+/telemetry", qos=1)
    await done.wait()
    await client.disconnect()


def main() -> None:
    """Do what the arguments say."""
    word, *rest = sys.argv[1:]
    if word == "publish":
        port, name, count, start, part, parts = rest
        secrets = json.loads(Path(name).read_text())
        share = int(count) // len(secrets)
        asyncio.run(publish(int(port), secrets[int(part) :: int(parts)], share, int(start)))
    else:
        asyncio.run(subscribe(int(rest[0]), int(rest[1])))


if __name__ == "__main__":
    main()
