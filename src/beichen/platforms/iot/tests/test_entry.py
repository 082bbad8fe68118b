"""Devices at the broker's door: a real server, real MQTT clients, and nothing but one's own topics."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from gmqtt.mqtt.handler import MQTTConnectError

from beichen.kernel.bus import broker, keys
from beichen.kernel.bus.callout import Newcomer, Porter, read_request
from beichen.kernel.bus.tests.broker import NatsServer
from beichen.platforms.iot import service, stream
from beichen.platforms.iot.entry import Entry, refusal
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.clients import Client, played
from beichen.platforms.iot.tests.papers import Authority
from beichen.platforms.iot.topics import STREAM, Topic, topic_of
from beichen.settings import settings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]
BY = ground.BY


async def in_database(function: Callable[..., Any], *args: Any) -> Any:
    """As the gateway's thread does."""
    return await sync_to_async(function)(*args)


@asynccontextmanager
async def open_door(server: NatsServer) -> AsyncIterator[Any]:
    """The house's connection, with the door answered."""
    client = await broker.connect("test")
    try:
        await stream.ensure(client.jetstream())
        came: list[str] = []
        entry = Entry(client, Porter(keys.issuer(server.folder)), in_database, came.append)
        await entry.start()
        await client.flush()
        yield client
    finally:
        await client.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - what is waited for happens at the broker
            await asyncio.sleep(0.01)


@pytest.fixture
def tokens() -> dict[str, str]:
    """Two devices."""
    ground.town()
    ground.well()
    for code in ("D-1", "D-2"):
        ground.device(code)
    return {code: service.issue_token(code, by=BY) for code in ("D-1", "D-2")}


def test_a_device_speaks_for_itself_alone(mqtt_server: NatsServer, tokens: dict[str, str]) -> None:
    async def story() -> None:
        async with open_door(mqtt_server) as house:
            js = house.jetstream()
            one = await Client("D-1", tokens["D-1"]).connect(mqtt_server.mqtt_port)
            assert await one.subscribe("v1/D-1/commands") < 128
            for topic in (
                "v1/D-2/commands",
                "v1/+/commands",
                "#",
                "$MQTT/sub/#",
                "v1/D-1/telemetry",
                "$SYS/#",
            ):
                assert await one.subscribe(topic) == 128, topic
            for topic in ("v1/D-2/telemetry", "v1/D-1/commands", "beichen/events/x", "$SYS/REQ/USER/AUTH"):
                one.publish(topic, b"{}")
            one.publish("v1/D-1/telemetry", b'{"level_m": 1}')

            async def kept() -> bool:
                return bool((await js.stream_info(STREAM)).state.messages)

            await until(kept)
            assert (await js.stream_info(STREAM)).state.messages == 1
            message = await js.get_msg(STREAM, 1)
            assert topic_of(message.subject) == Topic("D-1", "telemetry")
            await house.publish("v1.D-1.commands", b"{}")

            async def heard() -> bool:
                return one.heard == [("v1/D-1/commands", b"{}")]

            await until(heard)
            await one.close()

    played(story)


def test_who_is_nobody_stays_out(mqtt_server: NatsServer, tokens: dict[str, str]) -> None:
    async def story() -> None:
        async with open_door(mqtt_server):
            for name, secret, client_id in (
                ("D-1", "wrong", ""),
                ("D-1", tokens["D-2"], ""),
                ("D-9", tokens["D-1"], ""),
                ("beichen", "", "x"),
                ("", "", "x"),
                ("D-1", tokens["D-1"], "D-2"),
            ):
                with pytest.raises(MQTTConnectError):
                    await Client(name, secret, client_id).connect(mqtt_server.mqtt_port)
            await (await Client("D-1", tokens["D-1"], "anything").connect(mqtt_server.mqtt_port)).close()

    played(story)


def test_nobody_comes_in_while_the_house_does_not_answer(
    mqtt_server: NatsServer, tokens: dict[str, str]
) -> None:
    async def story() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", mqtt_server.mqtt_port)
        name, secret = (len(word).to_bytes(2) + word.encode() for word in ("D-1", tokens["D-1"]))
        content = b"\x00\x04MQTT\x04\xc2\x00\x3c" + name + name + secret
        writer.write(bytes([0x10, len(content)]) + content)
        with pytest.raises(TimeoutError):  # in the end the broker refuses by itself
            async with asyncio.timeout(0.3):
                await reader.read(4)
        writer.close()
        await writer.wait_closed()

    played(story)


def test_a_certificate_lets_its_own_device_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokens: dict[str, str]
) -> None:
    authority = Authority(tmp_path)
    service.add_certificate("D-1", authority.issue("mine"), by=BY)
    authority.issue("server")
    authority.issue("other")
    for name, file in (("CERT", "server.pem"), ("KEY", "server.key"), ("CA", "ca.pem")):
        monkeypatch.setenv(f"BEICHEN_MQTT_{name}", str(tmp_path / file))
    monkeypatch.setenv("BEICHEN_NATS_URL", "embedded://")
    server = NatsServer(tmp_path / "nats", with_mqtt=True)
    monkeypatch.setenv("BEICHEN_NATS_PORT", str(server.port))
    settings.cache_clear()

    async def answer(certificate: str) -> int:
        context = ssl.create_default_context(cafile=tmp_path / "ca.pem")
        context.load_cert_chain(tmp_path / f"{certificate}.pem", tmp_path / f"{certificate}.key")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.mqtt_port, ssl=context)
        writer.write(b"\x10\x14\x00\x04MQTT\x04\x82\x00\x3c\x00\x03D-1\x00\x03D-1")
        async with asyncio.timeout(30):
            said = await reader.readexactly(4)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return said[3]

    async def story() -> None:
        async with open_door(server):
            assert await answer("mine") == 0
            assert await answer("other") == 5

    try:
        server.start()
        played(story)
    finally:
        server.kill()
        monkeypatch.undo()
        settings.cache_clear()


def test_a_client_id_belongs_to_its_device(tokens: dict[str, str]) -> None:
    def asked(client: str, *, is_mqtt: bool = True) -> str:
        return refusal(Newcomer("U", "N", "D-1", tokens["D-1"], client, "", is_mqtt))

    assert [asked(client) for client in ("", "D-1", "D-1-main", "D", "D-1/x", "auto-7f")] == [""] * 6
    assert asked("D-2")
    assert asked("D-2.x")
    assert asked("D-1", is_mqtt=False)
    ground.device("D-1-main")
    assert asked("D-1-main")


def test_keys_are_made_once_and_are_their_owners(tmp_path: Path) -> None:
    made = keys.public(keys.issuer(tmp_path))
    assert keys.public(keys.issuer(tmp_path)) == made
    assert made.startswith("A")
    assert (tmp_path / keys.ISSUER).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("token", [b"", b"a.b", b"a.b.c", b"a.e30.c", b"a.W10.c"])
def test_what_is_no_question_is_told(token: bytes) -> None:
    with pytest.raises(ValueError, match=r"JWT|request"):
        read_request(token)


@pytest.mark.parametrize("subject", ["v1.D.commands", "v1.D.x", "v2.D.telemetry", "v1.D.commands.7.nak", "x"])
def test_what_no_device_sends_has_no_topic(subject: str) -> None:
    assert topic_of(subject) is None
