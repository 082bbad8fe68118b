"""Readings under kill -9 of the gateway and of the broker: what was acknowledged is in the table, once, and
what a rule makes of it is raised and over, once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson
import pytest
from gmqtt.mqtt.handler import MQTTConnectError

from beichen.platforms.iot.tests.clients import Client, sweep
from tests.crash.place import DEADLINE_SECONDS, Place

pytestmark = pytest.mark.engines
DRIVER = "tests.crash.readings"
POINTS = (
    "in the table, no receipt",
    "written, not finished",
    "raised, not finished",
    "finished, not committed",
)
BURST = 60
START = 1_782_900_000  # seconds: a device's own clock


def level(value: int) -> int:
    """Six seconds high, six seconds low."""
    return 20 if value // 6 % 2 else 1


def raised(said: int) -> list[str]:
    """Since when the rule was raised, when, and when it was over: the condition holds two seconds before."""
    return [
        f"{START + since}:{START + since + 2}:{START + since + 6 if since + 6 <= said else ''}"
        for since in range(6, said - 1, 12)
    ]


class Device:
    """Says the numbers from 1 on, one a second of its clock, each until it is acknowledged."""

    def __init__(self, token: str, port: int) -> None:
        self._token, self._port = token, port
        self._client: Client | None = None
        self.said = 0

    async def _connected(self) -> Client:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self._client is None:
                try:
                    self._client = await Client("D-1", self._token).connect(self._port)
                except (MQTTConnectError, OSError, TimeoutError):
                    await asyncio.sleep(0.1)
        return self._client

    async def say(self, number: int, then: Callable[[], None] = lambda: None) -> None:
        """Say ``number`` more; ``then`` happens while they are on their way. All are acknowledged in the
        end."""
        wanted = range(self.said + 1, self.said + number + 1)
        self.said += number
        happens = then
        while True:
            client = await self._connected()
            for value in wanted:
                message = {"ts": START + value, "values": {"count": value, "level_m": level(value)}}
                client.publish("v1/D-1/telemetry", orjson.dumps(message))
                if value == wanted[len(wanted) // 2]:
                    happens()
                    happens = lambda: None  # noqa: E731 - it happens once
                    await asyncio.sleep(0)
            try:
                async with asyncio.timeout(5):
                    await client.acknowledged()
            except TimeoutError:  # the broker died: everything again, as a device does that does not know
                self._client = None
                await client.close()
            else:
                return

    async def close(self) -> None:
        """Part from the broker."""
        if self._client is not None:
            await self._client.close()


def is_taken(place: Place, value: int) -> bool:
    """Whether the value is the latest of its thing, and no batch is on its way."""
    latest = place.count("registry_measurement", f"name = 'count' AND number = {value}")
    return latest > 0 and place.count("platforms_iot_batch") == 0


def end_whole(place: Place, gateway: subprocess.Popen[bytes], said: int, report: Path) -> None:
    """End the gateway; every value from 1 to ``said`` is in the table, once, and so are the rule's turns."""
    gateway.terminate()
    assert gateway.wait(DEADLINE_SECONDS) == 0, place.said()
    place.done("report", str(report), driver=DRIVER)
    values, reasons, firings, told = report.read_text().split("\n")
    assert values.split() == [str(value) for value in range(1, said + 1)]
    assert reasons in ("", "duplicate")
    expected = raised(said)
    assert firings.split() == expected
    assert told.split() == [str(len(expected)), str(sum(not one.endswith(":") for one in expected))]


def test_readings_survive_kills_of_gateway_and_broker(place: Place, tmp_path: Path) -> None:
    token, report = tmp_path / "token", tmp_path / "report"
    place.done("prepare", str(token), driver=DRIVER)

    async def story() -> None:
        device = Device(token.read_text(), place.nats.mqtt_port)
        for point in POINTS:
            gateway = place.start("work", point, driver=DRIVER)
            await device.say(BURST)
            code = await asyncio.to_thread(gateway.wait, DEADLINE_SECONDS)
            assert code == -signal.SIGKILL, place.said()
        gateway = place.start("work", driver=DRIVER)

        def restart() -> None:
            place.nats.kill()
            place.nats.start()

        await device.say(BURST, restart)
        await asyncio.to_thread(place.until, partial(is_taken, place, device.said), gateway)
        await device.close()
        await asyncio.to_thread(end_whole, place, gateway, device.said, report)

    asyncio.run(story())
    sweep()
