"""Three NATS servers with replicas: one dies while devices speak; nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client as Nats

from beichen.kernel.bus import broker
from beichen.kernel.bus.tests.broker import NatsServer, cluster
from beichen.platforms.iot.tests.clients import sweep
from beichen.platforms.iot.topics import STREAM
from beichen.settings import settings
from tests.crash.place import DEADLINE_SECONDS, Place
from tests.crash.test_readings import DRIVER, Device, end_whole, is_taken

pytestmark = pytest.mark.engines
NUMBER = 200


@pytest.fixture
def three(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[NatsServer]]:
    """A cluster that the place's processes know by all its addresses; it shares the place's keys."""
    place.nats.kill()
    data = tmp_path / "house"
    servers = cluster(tmp_path)
    urls = ",".join(f"nats://127.0.0.1:{one.port}" for one in servers)
    place.use(BEICHEN_NATS_URL=urls, BEICHEN_DATA_DIR=str(data))
    monkeypatch.setenv("BEICHEN_NATS_URL", urls)
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(data))
    settings.cache_clear()
    for one in servers:
        one.start()
    yield servers
    for one in servers:
        one.kill()
    monkeypatch.undo()
    settings.cache_clear()


async def leader_of(stream: str) -> tuple[str, int]:
    """The server that leads a stream, and how many keep it."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            try:
                client: Nats = await broker.connect("test")
                info = await client.jetstream().stream_info(stream)
                await client.close()
            except (*broker.TROUBLE, nats.js.errors.Error):
                await asyncio.sleep(0.1)
            else:
                if info.cluster is not None and info.cluster.leader:
                    return info.cluster.leader, info.config.num_replicas or 0


def test_the_leader_of_three_is_killed_and_nothing_is_lost(
    place: Place, three: list[NatsServer], tmp_path: Path
) -> None:
    token, report = tmp_path / "token", tmp_path / "report"
    place.done("prepare", str(token), driver=DRIVER)

    async def story() -> None:
        gateway = place.start("work", driver=DRIVER)
        leader, copies = await leader_of(STREAM)
        assert copies == 3
        number = int(leader.removeprefix("n"))
        living = three[(number + 1) % 3]
        device = Device(token.read_text(), living.mqtt_port)
        await device.say(NUMBER)
        await device.say(NUMBER, three[number].kill)
        assert (await leader_of(STREAM))[0] != leader
        await asyncio.to_thread(place.until, partial(is_taken, place, device.said), gateway)
        three[number].start()
        await device.say(NUMBER)
        await asyncio.to_thread(place.until, partial(is_taken, place, device.said), gateway)
        await device.close()
        await asyncio.to_thread(end_whole, place, gateway, device.said, report)

    asyncio.run(story())
    sweep()
