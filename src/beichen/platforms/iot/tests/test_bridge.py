"""A city's own Mosquitto bridged in: readings, commands, and what the house could not keep."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from asgiref.sync import sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from beichen.kernel.bus.tests.broker import NatsServer
from beichen.platforms.iot import service
from beichen.platforms.iot.bridge import Foreign, foreign, look, subject_of
from beichen.platforms.iot.gateway import Gateway
from beichen.platforms.iot.models import Batch, Command
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.clients import Client, played
from beichen.platforms.iot.topics import KEPT, topic_of
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import ProblemError
from beichen.settings import settings

BY = ground.BY


@pytest.mark.parametrize(
    "url", ["http://a", "mqtt://", "mqtt://a:b/", "mqtt://a/x/#", "mqtt://a?x=1", "nonsense", "mqtt://[::"]
)
def test_an_address_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(ProblemError) as caught:
        foreign(url)
    assert caught.value.problems[0].code == "IOT-119"


@pytest.mark.parametrize("url", ["mqtt://[::", "mqtt://127.0.0.1:1"])
def test_a_broker_that_does_not_answer_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_MQTT_URL", url)
    settings.cache_clear()
    assert [problem.code for problem in look()] == ["IOT-119"]
    monkeypatch.undo()
    settings.cache_clear()


def test_an_address_in_full() -> None:
    found = foreign("mqtts://li:a%40b@broker.example.cn/city/water")
    assert found == Foreign("broker.example.cn", 8883, True, "li", "a@b", "city/water/")


@given(st.text(max_size=30))
def test_every_topic_has_a_subject_of_as_many_words(device: str) -> None:
    """No name of a device reaches another subject: it stays one word."""
    subject = subject_of(f"v1/{device}/telemetry")
    words = subject.removeprefix(KEPT).split(".")
    assert len(words) == 3 + device.count("/")
    assert not set(subject.removeprefix(KEPT)) & set(" *>\t\r\n\0")
    assert all(words)
    found = topic_of(subject)
    assert (found is not None) == ("/" not in device)


@pytest.fixture
def house(mqtt_server: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Foreign:
    """The house with Mosquitto bridged in, below a prefix of this test's own."""
    url = f"{os.environ['TEST_MQTT_URL']}/{tmp_path.name}"
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BEICHEN_MQTT_URL", url)
    monkeypatch.setenv("BEICHEN_CITY", tmp_path.name)  # names the session at the broker
    settings.cache_clear()
    ground.town()
    ground.well()
    ground.device()
    service.send_command("D-1", "calibrate", {"zero_m": 1}, by=BY)
    return foreign(url)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not await sync_to_async(holds)():  # noqa: ASYNC110 - it happens in the tables
            await asyncio.sleep(0.05)


def kept() -> list[tuple[Any, ...]]:
    with warehouse.reader() as ask:
        rows = ask.sql("SELECT thing, measure, value FROM readings ORDER BY value").to_pylist()
    return [tuple(row.values()) for row in rows]


@asynccontextmanager
async def working(prefix: str) -> AsyncIterator[Client]:
    """The gateway at work, and a device at the city's broker that has heard from it."""
    stop = asyncio.Event()
    work = asyncio.create_task(Gateway().run(stop))
    port = urlsplit(os.environ["TEST_MQTT_URL"]).port or 0
    device = await Client("D-1", "", f"{settings().city}-device").connect(port)
    await device.subscribe(f"{prefix}v1/D-1/commands")
    await until(lambda: bool(device.heard))
    try:
        yield device
    finally:
        await device.close()
        stop.set()
        await work


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_readings_come_and_commands_go_over_the_citys_own_broker(house: Foreign) -> None:
    async def story() -> None:
        async with working(house.prefix) as device:
            number = orjson.loads(device.heard[0][1])["id"]
            device.publish(f"{house.prefix}v1/D-1/telemetry", b'{"level_m": 3.9}')
            device.publish(f"{house.prefix}v1/D-1/commands/{number}/ack", b'{"status": "done"}')
            await device.acknowledged()
            await until(lambda: kept() == [("MH-1", "level_m", 3.9)] and not Batch.objects.exists())
            await until(lambda: Command.objects.get(code=number).state == "done")

    played(story)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_what_comes_while_the_houses_own_broker_is_dead_is_kept_afterwards(
    house: Foreign, mqtt_server: NatsServer
) -> None:
    async def story() -> None:
        async with working(house.prefix) as device:
            device.publish(f"{house.prefix}v1/D-1/telemetry", b'{"level_m": 1}')
            await until(lambda: len(kept()) == 1)
            mqtt_server.kill()
            device.publish(f"{house.prefix}v1/D-1/telemetry", b'{"level_m": 2}')
            await device.acknowledged()
            mqtt_server.start()
            await until(lambda: [row[2] for row in kept()] == [1.0, 2.0] and not Batch.objects.exists())

    played(story)
