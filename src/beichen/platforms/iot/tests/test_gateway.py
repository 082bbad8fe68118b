"""From a device's MQTT client to the table, the object and the page: the gateway on real engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import cbor2
import orjson
import pytest
from asgiref.sync import sync_to_async

from beichen.kernel.bus import broker
from beichen.kernel.bus.models import OutboxEvent
from beichen.kernel.bus.tests.broker import NatsServer
from beichen.platforms.iot import keeping, service, stream
from beichen.platforms.iot.gateway import Gateway
from beichen.platforms.iot.models import Batch, Command, Credential, Device, Intake, Tally
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.clients import Client, played
from beichen.platforms.iot.topics import STREAM
from beichen.platforms.iot.words import State
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.tests.clients import Program
from beichen.settings import settings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]
BY = ground.BY


@pytest.fixture
def house(mqtt_server: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NatsServer:
    """A broker whose keys lie in the data folder, with tables beside it, and a device on a well."""
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    ground.town()
    ground.well()
    ground.device(every=60)
    return mqtt_server


def asked(sql: str) -> list[tuple[Any, ...]]:
    """Rows of the tables."""
    with warehouse.reader() as ask:
        return [tuple(row.values()) for row in ask.sql(sql).to_pylist()]


async def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition on the database or the tables."""
    async with asyncio.timeout(30):
        while not await sync_to_async(holds)():  # noqa: ASYNC110 - it happens in the tables
            await asyncio.sleep(0.05)


@asynccontextmanager
async def working() -> AsyncIterator[None]:
    """The gateway at work."""
    stop = asyncio.Event()
    gateway = Gateway()
    work = asyncio.create_task(gateway.run(stop))
    try:
        async with asyncio.timeout(30):
            await gateway.works.wait()
        yield
    finally:
        stop.set()
        await work


async def connected(server: NatsServer, token: str) -> Client:
    """The device's client."""
    return await Client("D-1", token).connect(server.mqtt_port)


def test_a_reading_reaches_table_and_object(house: NatsServer) -> None:
    token = service.issue_token("D-1", by=BY)
    program = Program()

    async def story() -> None:
        async with working():
            client = await connected(house, token)
            client.publish("v1/D-1/telemetry", b'{"level_m": 3.9, "lid_open": true, "state": "wet"}')
            client.publish("v1/D-1/telemetry", cbor2.dumps([{"level_m": 99}, {"unknown": 1}]))
            client.publish("v1/D-1/telemetry", b'{"count": 2}', qos=0)
            client.publish("v1/D-1/attributes", b'{"firmware": "1.4.2", "rssi": -71}')
            await client.acknowledged()
            await until(
                lambda: asked("SELECT count(*) FROM readings") == [(4,)] and not Batch.objects.exists()
            )
            await client.close()

    played(story)
    rows = asked("SELECT thing, measure, region, value, text, quality FROM readings ORDER BY measure")
    assert rows == [
        ("MH-1", "count", "990102", 2.0, None, "accepted"),
        ("MH-1", "level_m", "990102", 3.9, None, "accepted"),
        ("MH-1", "lid_open", "990102", 1.0, None, "accepted"),
        ("MH-1", "state", "990102", None, "wet", "accepted"),
    ]
    refused = asked("SELECT measure, reason, payload FROM refused_readings ORDER BY reason")
    assert refused == [
        ("level_m", "out-of-range", '{"level_m":99}'),
        ("unknown", "unknown-measure", '{"unknown":1}'),
    ]
    shown = program.get("entities/urn:ngsi-ld:well:MH-1", options="keyValues").json()
    assert (shown["level_m"], shown["lid_open"], shown["state"], shown["count"]) == (3.9, True, "wet", 2)
    row = Device.objects.get(code="D-1")
    assert (row.state, row.is_online, row.firmware, row.attributes["rssi"]) == ("active", True, "1.4.2", -71)
    assert dict(Tally.objects.exclude(device="").values_list("treatment", "number")) == {
        "out-of-range": 1,
        "unknown-measure": 1,
    }
    assert keeping.mark_silent(row.silent_at) == []  # type: ignore[arg-type]
    kinds = list(OutboxEvent.objects.filter(type__startswith="iot.device.c").values_list("type", flat=True))
    assert kinds[-1] == "iot.device.came-online"


def test_a_silent_device_goes_offline(house: NatsServer) -> None:
    from datetime import timedelta

    row = Device.objects.get(code="D-1")
    now = row.registered_at
    Device.objects.filter(pk=row.pk).update(is_online=True, silent_at=now)
    assert keeping.mark_silent(now + timedelta(seconds=1)) == ["D-1"]
    assert keeping.mark_silent(now + timedelta(seconds=1)) == []
    assert OutboxEvent.objects.filter(type="iot.device.went-offline").count() == 1


def test_a_command_is_said_until_it_is_answered(house: NatsServer) -> None:
    token = service.issue_token("D-1", by=BY)

    async def story() -> None:
        async with working():
            client = await connected(house, token)
            await client.subscribe("v1/D-1/commands")
            order = sync_to_async(service.send_command)
            command = await order("D-1", "calibrate", {"zero_m": 0.5}, by=BY)
            async with asyncio.timeout(30):
                while not client.heard:  # noqa: ASYNC110 - the client's library calls back
                    await asyncio.sleep(0.02)
            heard = orjson.loads(client.heard[0][1])
            assert heard == {"id": command.code, "name": "calibrate", "parameters": {"zero_m": 0.5}}
            client.publish(f"v1/D-1/commands/{command.code}/ack", b'{"status": "failed", "reason": "stuck"}')
            await until(lambda: Command.objects.get().state == "failed")
            await client.close()

    played(story)
    assert Command.objects.get().answer == {"status": "failed", "reason": "stuck"}
    assert OutboxEvent.objects.filter(type="iot.command.settled").count() == 1


def test_a_full_store_acknowledges_nothing_and_recovers(house: NatsServer) -> None:
    token = service.issue_token("D-1", by=BY)

    async def story() -> None:
        client = await broker.connect("test")
        await stream.ensure(client.jetstream(), most_bytes=20_000)
        async with working():
            device = await connected(house, token)
            device.publish("v1/D-1/telemetry", b'{"state": "%s"}' % (b"x" * 15_000))
            await device.acknowledged()
            await until(lambda: asked("SELECT count(*) FROM refused_readings") == [(1,)])
            device.publish("v1/D-1/telemetry", b'{"state": "%s"}' % (b"y" * 15_000))
            await asyncio.sleep(0.5)
            assert device.unacknowledged == 1
            await client.jetstream().purge_stream(STREAM)
            await device.close()
            again = await connected(house, token)
            again.publish("v1/D-1/telemetry", b'{"level_m": 1}')
            await again.acknowledged()
            await until(lambda: asked("SELECT count(*) FROM readings") == [(1,)])
            await again.close()
        await client.close()

    played(story)


def test_tables_that_are_away_are_waited_for(house: NatsServer, tmp_path: Path) -> None:
    token = service.issue_token("D-1", by=BY)
    (tmp_path / "tables").write_text("a file, where a folder should be")

    async def story() -> None:
        async with working():
            client = await connected(house, token)
            client.publish("v1/D-1/telemetry", b'{"level_m": 1}')
            await client.acknowledged()
            await until(lambda: Intake.objects.exclude(trouble="").exists())
            (tmp_path / "tables").unlink()
            await until(lambda: not Intake.objects.exclude(trouble="").exists())
            await client.close()

    played(story)
    assert asked("SELECT value FROM readings") == [(1.0,)]


def test_who_may_not_come_in_any_more_is_parted(house: NatsServer) -> None:
    """Disabled, or without its credential: a device that is in does not stay in, and comes in no more."""

    async def gone(client: Client) -> None:
        async with asyncio.timeout(20):
            while client.is_in:  # noqa: ASYNC110 - the broker parts it
                await asyncio.sleep(0.05)
        await client.close()

    async def story() -> None:
        await sync_to_async(ground.device)("D-2", every=60)
        first, second, third = [await sync_to_async(service.issue_token)("D-1", by=BY) for _ in range(3)]
        other = await sync_to_async(service.issue_token)("D-2", by=BY)
        async with working():
            bystander = await Client("D-2", other).connect(house.mqtt_port)
            client = (await connected(house, first)).gives_up()
            await sync_to_async(service.set_state)("D-1", State.DISABLED, by=BY)
            await gone(client)
            assert not (await sync_to_async(Device.objects.get)(code="D-1")).is_online
            await sync_to_async(service.set_state)("D-1", State.ACTIVE, by=BY)
            client = (await connected(house, second)).gives_up()
            number = await sync_to_async(
                lambda: Credential.objects.get(device__code="D-1", hint=second[-4:]).pk
            )()
            await sync_to_async(service.revoke_credential)("D-1", number, by=BY)
            await gone(client)
            client = await connected(house, third)
            assert client.is_in
            assert bystander.is_in
            for one in (client, bystander):
                await one.close()

    played(story)
