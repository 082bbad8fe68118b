"""Readings at a city's rate while everything is killed in turn; then the table against what was acknowledged.

`python -m tests.crash.flood prove [--readings 1000000] [--rate 5000] [--seed 1] [--postgres]`: fifty devices
over MQTT with QoS 1, which remember what was acknowledged and say again what was not; kill -9 of the gateway,
the worker, the broker and, with ``--postgres``, the database, one after another, until all is acknowledged.
In the end the table holds each reading once: by count, and by a hash over all rows.

`soak [--minutes 30] [--rate 5000] [--postgres]`: nobody is killed; the memory of gateway and worker is told
each minute. `prepare FILE`, `report FILE FILE` are its own processes. Long because device, victims and both
commands share the one flood.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from typing import Any

import psutil

from tests.crash.place import Databases, Place
from tests.crash.server import Server

DRIVER = "tests.crash.flood"
DEVICES, WINDOW = 50, 100
START = 1_782_900_000_000  # milliseconds: the devices' own clock
PATIENCE = 900.0
_SAME = """
    SELECT count(*) AS number, count(DISTINCT (device, said_at)) AS once,
      bit_xor(hash(device, said_at, value)) AS hash FROM ({rows}) AS found
"""
_TABLE = "SELECT device, epoch_ms(measured_at) AS said_at, value FROM readings"
_ACKNOWLEDGED = "SELECT device, said_at, value FROM acknowledged"


class Device:
    """Says the numbers from 1 on, one a millisecond of its clock, each until it is acknowledged."""

    def __init__(self, code: str, token: str, port: int, count: int, rate: float) -> None:
        self.code = code
        self.acknowledged: list[int] = []
        self._hello = b"\x00\x04MQTT\x04\xc2\x00\x00" + _text(code) + _text(code) + _text(token)
        self._topic = _text(f"v1/{code}/telemetry")
        self._port, self._count, self._rate = port, count, rate
        self._said = 0
        self._flying: dict[int, int] = {}  # packet id: number

    async def run(self) -> None:
        """Until all are acknowledged; a broken connection is made again."""
        began = time.monotonic()
        while len(self.acknowledged) < self._count:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._connection(began)
            await asyncio.sleep(0.1)

    async def _connection(self, began: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(b"\x10" + _length(len(self._hello)) + self._hello)
            async with asyncio.timeout(15):
                answer = await reader.readexactly(4)
            if answer[3]:
                raise ConnectionRefusedError(self.code)
            for packet, number in self._flying.items():
                writer.write(self._message(packet, number, again=True))
            while len(self.acknowledged) < self._count:
                due = min(self._count, int((time.monotonic() - began) * self._rate) + 1)
                while len(self._flying) < WINDOW and self._said < due:
                    self._said += 1
                    packet = self._said % 65_535 + 1
                    self._flying[packet] = self._said
                    writer.write(self._message(packet, self._said))
                await writer.drain()
                if not self._flying:
                    await asyncio.sleep(0.02)
                    continue
                async with asyncio.timeout(15):
                    heard = await reader.readexactly(4)
                packet = int.from_bytes(heard[2:], "big")
                if heard[:2] == b"\x40\x02" and packet in self._flying:
                    self.acknowledged.append(self._flying.pop(packet))
        finally:
            writer.transport.abort()  # at once: what is not sent is said again

    def _message(self, packet: int, number: int, *, again: bool = False) -> bytes:
        payload = b'{"ts":%d,"count":%d}' % (START + number, number)
        content = self._topic + struct.pack("!H", packet) + payload
        return (b"\x3a" if again else b"\x32") + _length(len(content)) + content


def _length(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number % 128 | 128, number // 128])


def _text(word: str) -> bytes:
    return struct.pack("!H", len(word)) + word.encode()


class Victims:
    """The processes of a house, each of which may be killed and comes again."""

    def __init__(self, place: Place, server: Server | None) -> None:
        self._place, self._server = place, server
        self._running: dict[str, Popen[bytes]] = {}
        self.kills = 0
        for name in ("gateway", "worker"):
            self._begin(name)

    @property
    def names(self) -> list[str]:
        """Who is killed, in turn."""
        return ["gateway", "broker", "worker", *(["database"] if self._server else [])]

    def _begin(self, name: str) -> None:
        self._running[name] = self._place.start(driver=f"beichen.house.{name}")

    def kill(self, name: str) -> Callable[[], None]:
        """Kill -9; returns what begins it again."""
        self.kills += 1
        if name == "broker":
            self._place.nats.kill()
            return self._place.nats.start
        if name == "database" and self._server is not None:
            self._server.kill()
            return self._server.start
        self._running[name].kill()
        self._running[name].wait()
        return lambda: self._begin(name)

    def memory(self) -> dict[str, int]:
        """Resident MiB of each."""
        return {name: psutil.Process(one.pid).memory_info().rss >> 20 for name, one in self._running.items()}

    def ended(self) -> list[str]:
        """Who ended of themselves, which nobody may."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def end(self) -> None:
        """As an operator would."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(60)


def _devices(place: Place, tokens: Path, count: int, rate: float) -> list[Device]:
    """The devices of the flood, registered; ``count`` and ``rate`` are of each."""
    place.done("prepare", str(tokens), driver=DRIVER)
    found = json.loads(tokens.read_text())
    return [Device(code, token, place.nats.mqtt_port, count, rate) for code, token in found]


def soak(
    place: Place, folder: Path, *, minutes: int, rate: int, say: Callable[[str], None]
) -> list[dict[str, int]]:
    """Let devices speak for so many minutes; returns what gateway and worker took of memory each minute."""
    devices = _devices(place, folder / "tokens", rate * 60 * minutes // DEVICES, rate / DEVICES)
    house = Victims(place, None)
    taken: list[dict[str, int]] = []

    async def story() -> None:
        speaking: asyncio.Future[Any] = asyncio.gather(*(device.run() for device in devices))
        while not speaking.done() and len(taken) < minutes * 3:
            await asyncio.wait({speaking}, timeout=60)
            assert not house.ended(), house.ended()
            taken.append(house.memory())
            number = sum(len(device.acknowledged) for device in devices)
            say(f"{number:,} acknowledged; MiB: {taken[-1]}")
        speaking.cancel()
        await asyncio.wait({speaking})

    asyncio.run(story())
    house.end()
    return taken


async def _killing(
    victims: Victims, chance: random.Random, number: Callable[[], int], say: Callable[[str], None]
) -> None:
    """Kill one after another: most while readings come in, every fourth while the last one still begins."""
    turn = known = 0
    while True:
        while turn % 4 and number() == known:  # noqa: ASYNC110 - devices count in this loop
            await asyncio.sleep(0.05)
        await asyncio.sleep(chance.uniform(0.1, 3.0))
        known = number()
        assert not victims.ended(), victims.ended()
        name = victims.names[turn % len(victims.names)]
        turn += 1
        again = await asyncio.to_thread(victims.kill, name)
        await asyncio.sleep(chance.uniform(0.0, 1.0))
        await asyncio.to_thread(again)
        say(f"{name} was killed after {known:,} were acknowledged")


def prove(
    place: Place, folder: Path, *, readings: int, rate: int, seed: int, server: Server | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> dict[str, Any]:  # fmt: skip
    """Let devices speak while the house dies and comes again; returns the figures that are to be equal.

    ``table`` and ``acknowledged`` each hold count, distinct readings and hash.
    """
    said, found = folder / "acknowledged.json", folder / "found"
    share = readings // DEVICES
    devices = _devices(place, folder / "tokens", share, rate / DEVICES)
    victims = Victims(place, server)

    def number() -> int:
        return sum(len(device.acknowledged) for device in devices)

    async def story() -> None:
        killing = asyncio.create_task(_killing(victims, random.Random(seed), number, say))
        speaking: asyncio.Future[Any] = asyncio.gather(*(device.run() for device in devices))
        async with asyncio.timeout(PATIENCE + readings / rate):
            while not speaking.done():
                await asyncio.wait({killing, speaking}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
                if killing.done():
                    killing.result()
                say(f"{number():,} acknowledged")
        await speaking
        killing.cancel()
        await asyncio.wait({killing})

    asyncio.run(story())
    for name in victims.ended():  # killed when the last was acknowledged
        victims.kill(name)()
    if server is not None and not server.is_running:
        server.start()
    if not place.nats.is_running:
        place.nats.start()
    newest = "registry_measurement WHERE name = 'count'"
    wanted = [(share, DEVICES)]
    place.until(
        lambda: place.rows(f"SELECT min(number), count(*) FROM {newest}") == wanted, patience=PATIENCE
    )
    place.until(lambda: place.count("platforms_iot_batch") == 0, patience=PATIENCE)
    victims.end()
    said.write_text(json.dumps({device.code: device.acknowledged for device in devices}))
    place.done("report", str(said), str(found), driver=DRIVER)
    return {**json.loads(found.read_text()), "kills": victims.kills}


def prepare(tokens: Path) -> None:
    """The devices, whose tokens are written into the file."""
    from beichen.platforms.iot import service
    from beichen.platforms.iot.tests import ground

    ground.town()
    found = []
    for number in range(DEVICES):
        ground.well(f"W-{number}")
        ground.device(f"D-{number}", f"W-{number}", rate=100_000)
        found.append([f"D-{number}", service.issue_token(f"D-{number}", by=ground.BY)])
    tokens.write_text(json.dumps(found))


def report(said: Path, found: Path) -> None:
    """Count and hash of what the table has, and of what was acknowledged; and why readings were put aside."""
    import pyarrow as pa

    from beichen.platforms.warehouse import service as warehouse

    heard = json.loads(said.read_text())
    rows = pa.table(
        {
            "device": [code for code, numbers in heard.items() for _number in numbers],
            "said_at": [START + number for numbers in heard.values() for number in numbers],
            "value": pa.array([number for numbers in heard.values() for number in numbers], pa.float64()),
        }
    )
    with warehouse.reader() as ask:
        ask.register("acknowledged", rows)
        figures = {
            "table": ask.sql(_SAME.format(rows=_TABLE)).to_pylist()[0],
            "acknowledged": ask.sql(_SAME.format(rows=_ACKNOWLEDGED)).to_pylist()[0],
            "refused": ask.sql("SELECT reason, count(*) AS n FROM refused_readings GROUP BY 1").to_pylist(),
        }
    found.write_text(json.dumps(figures))


def _by_hand(arguments: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="beichen-flood-"))
    server = Server() if arguments.postgres else None
    if server is not None:
        server.start()
    databases = Databases(folder, server.url if server else "")
    place = Place(folder, databases.fresh())
    place.nats.start()
    began = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:7.1f} s  {text}\n")
        sys.stdout.flush()

    try:
        if arguments.word == "soak":
            soak(place, folder, minutes=arguments.minutes, rate=arguments.rate, say=say)
            return 0
        facts = {name: getattr(arguments, name) for name in ("readings", "rate", "seed")}
        figures = prove(place, folder, server=server, say=say, **facts)
    finally:
        place.close()
        if server is not None:
            server.close()
    say(json.dumps(figures))
    is_same = figures["table"] == figures["acknowledged"]
    say("the same" if is_same else f"NOT the same; see {folder}")
    return 0 if is_same else 1


def main() -> int:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.flood")
    words = parser.add_subparsers(dest="word", required=True)
    by_hand = words.add_parser("prove")
    for name, default in (("readings", 1_000_000), ("rate", 5_000), ("seed", 1)):
        by_hand.add_argument(f"--{name}", type=int, default=default)
    by_hand.add_argument("--postgres", action="store_true")
    soaking = words.add_parser("soak")
    for name, default in (("minutes", 30), ("rate", 5_000)):
        soaking.add_argument(f"--{name}", type=int, default=default)
    soaking.add_argument("--postgres", action="store_true")
    for name in ("prepare", "report"):
        words.add_parser(name).add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    if arguments.word in ("prove", "soak"):
        return _by_hand(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    import django

    django.setup()
    if arguments.word == "prepare":
        prepare(*arguments.files)
    else:
        report(*arguments.files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
