"""A broker without room: nothing is acknowledged, the house says so, and goes on by itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from gmqtt.mqtt.handler import MQTTConnectError
from nats.errors import TimeoutError as NoAnswerError

from beichen.kernel.bus import room
from beichen.kernel.bus.tests.broker import NatsServer
from beichen.platforms.iot import fullness, service
from beichen.platforms.iot.gateway import Gateway
from beichen.platforms.iot.models import Intake
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.clients import Client, played
from beichen.platforms.warehouse import service as warehouse
from beichen.settings import settings

MIB = 1 << 20


class Told:
    """A lookout's broker, room and record: each look takes the next of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, left: list[int | None], answers: list[bool]) -> None:
        self.said: list[str] = []
        self.starts = 0
        self._left, self._answers = left, answers
        monkeypatch.setattr(fullness, "LOOK_SECONDS", 0)
        monkeypatch.setattr(fullness, "TRUST", 0)
        monkeypatch.setattr(room, "bytes_left", self._next)
        monkeypatch.setattr(room, "start_anew", self._start)

    def _next(self) -> int | None:
        if not self._left:
            raise asyncio.CancelledError
        return self._left.pop(0)

    def _start(self) -> bool:
        self.starts += 1
        return True

    async def publish(self, _subject: str, _content: bytes, **_how: Any) -> None:
        if not self._answers.pop(0):
            raise NoAnswerError

    async def in_database(self, _function: Any, _stream: str, trouble: str) -> None:
        self.said.append(trouble)

    def looked(self) -> None:
        """Until there is no more to see."""
        broker: Any = self
        with suppress(asyncio.CancelledError):
            asyncio.run(fullness.Lookout(broker, "s", self.in_database).run())


def test_what_the_lookout_says_and_does(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(monkeypatch, [900 * MIB, 3 * MIB, 2 * MIB, 900 * MIB, 900 * MIB], [True, False, True])
    told.looked()
    full = "the broker's disk is full: {} MiB are left"
    kept_nothing = "the broker keeps nothing: nats: timeout"
    assert told.said == ["", full.format(3), full.format(2), kept_nothing, ""]
    assert told.starts == 1


def test_a_broker_elsewhere_is_not_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(monkeypatch, [None, None], [False, True])
    told.looked()
    assert (told.said, told.starts) == (["the broker keeps nothing: nats: timeout", ""], 0)


def test_a_stranger_of_the_same_number_is_not_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BEICHEN_NATS_URL", "embedded://")
    settings.cache_clear()
    (tmp_path / "nats").mkdir()
    assert not room.start_anew()
    (tmp_path / "nats/nats.pid").write_text(str(os.getpid()))
    assert not room.start_anew()
    assert room.bytes_left() or room.bytes_left() == 0
    monkeypatch.setenv("BEICHEN_NATS_URL", "nats://broker.example.cn")
    settings.cache_clear()
    assert (room.start_anew(), room.bytes_left()) == (False, None)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True
    )
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def until(holds: Any) -> None:
    """Wait for what happens elsewhere."""
    async with asyncio.timeout(60):
        while not await sync_to_async(holds)():  # noqa: ASYNC110 - it happens elsewhere
            await asyncio.sleep(0.05)


async def connected(server: NatsServer, token: str) -> Client:
    """The device's client, however long the door is closed."""
    async with asyncio.timeout(60):
        while True:
            with suppress(MQTTConnectError, OSError, TimeoutError):
                return await Client("D-1", token).connect(server.mqtt_port)
            await asyncio.sleep(0.2)


@contextmanager
def supervised(server: NatsServer) -> Iterator[None]:
    """A server that is started again when it ends."""
    is_over = threading.Event()

    def supervise() -> None:
        while not is_over.wait(0.1):
            if server.has_ended:
                server.start()

    watching = threading.Thread(target=supervise)
    server.start()
    watching.start()
    try:
        yield
    finally:
        is_over.set()
        watching.join()
        server.kill()


def values() -> list[float]:
    """What the table has."""
    with warehouse.reader() as ask:
        return list(ask.sql("SELECT value FROM readings ORDER BY value")["value"].to_pylist())


def fill(file: Path) -> None:
    """Take all room of a disk."""
    with suppress(OSError), file.open("wb", buffering=0) as opened:
        while opened.write(bytes(64 << 10)):
            pass


async def survived(server: NatsServer, token: str, filler: Path) -> None:
    """A device speaks before, while and after the disk is full."""
    stop, gateway = asyncio.Event(), Gateway()
    work = asyncio.create_task(gateway.run(stop))
    await gateway.works.wait()
    client = await connected(server, token)
    for number in range(50):
        client.publish("v1/D-1/telemetry", b'{"count": %d}' % number)
    await client.acknowledged()
    fill(filler)
    await until(Intake.objects.filter(trouble__contains="full").exists)
    client.publish("v1/D-1/telemetry", b'{"state": "%s"}' % (b"x" * 200_000))
    await asyncio.sleep(0.5)
    assert client.unacknowledged == 1
    await client.close()
    await asyncio.to_thread(filler.unlink)
    await until(lambda: not Intake.objects.exclude(trouble="").exists())
    again = await connected(server, token)
    for number in range(50, 100):
        again.publish("v1/D-1/telemetry", b'{"count": %d}' % number)
    await again.acknowledged()
    await again.close()
    await until(lambda: values() == [float(number) for number in range(100)])
    stop.set()
    await work


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_survived(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = NatsServer(disk / "nats", with_mqtt=True)
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(disk))
    monkeypatch.setenv("BEICHEN_NATS_URL", "embedded://")
    monkeypatch.setenv("BEICHEN_NATS_PORT", str(server.port))
    monkeypatch.setenv("BEICHEN_TABLES_URL", str(tmp_path / "tables"))
    settings.cache_clear()
    monkeypatch.setattr(fullness, "LEAST_BYTES", 8 * MIB)
    monkeypatch.setattr(fullness, "LOOK_SECONDS", 0.1)
    ground.town()
    ground.well()
    ground.device()
    token = service.issue_token("D-1", by=ground.BY)
    with supervised(server):
        played(lambda: survived(server, token, disk / "filler"))
    monkeypatch.undo()
    settings.cache_clear()
