"""The processes of `bench/iot.py`: publisher, bare subscriber, and the house that takes readings in."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DEVICES, WINDOW = 50, 200
PATIENCE = 300.0
DELAYS, PAUSE = 200, 0.02


def _length(number: int) -> bytes:
    out = bytearray()
    while True:
        number, digit = divmod(number, 128)
        out.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(out)


def _text(word: str) -> bytes:
    return struct.pack("!H", len(word)) + word.encode()


async def _device(port: int, code: str, secret: str, count: int, start: int) -> None:
    """A device without a library: what is measured is the broker, not the publisher."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    hello = b"\x00\x04MQTT\x04\xc2\x00\x00" + _text(code) + _text(code) + _text(secret)
    writer.write(b"\x10" + _length(len(hello)) + hello)
    answer = await reader.readexactly(4)
    if answer[3]:
        raise SystemExit(f"{code} was refused: {answer!r}")
    topic, sent, acknowledged, left = _text(f"v1/{code}/telemetry"), 0, 0, 0
    while acknowledged < count:
        out = []
        while sent - acknowledged < WINDOW and sent < count:
            payload = b'{"ts":%d,"level_m":%.2f}' % (start + sent, (sent % 3000) / 100)
            packet = topic + struct.pack("!H", sent % 65535 + 1) + payload
            out.append(b"\x32" + _length(len(packet)) + packet)
            sent += 1
        writer.write(b"".join(out))
        left += len(await reader.read(65536))
        acknowledged, left = acknowledged + left // 4, left % 4
    writer.close()


async def publish(port: int, secrets: list[list[str]], count: int, start: int) -> None:
    """Every device says its share, and waits for its acknowledgements."""
    each = count // len(secrets)
    await asyncio.gather(*(_device(port, code, secret, each, start) for code, secret in secrets))


async def subscribe(port: int, count: int) -> None:
    """The peer: decode and count, then end."""
    from gmqtt import Client

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


def _until(holds: Callable[[], bool], pause: float = 0.05) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("too late")
        time.sleep(pause)


def _publisher(port: int, secrets: Path, size: int, start: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench._iot", "publish", str(port), str(secrets), str(size), str(start)]
    return subprocess.Popen(command)


@contextmanager
def _mosquitto(folder: Path) -> Iterator[int]:
    from beichen.kernel.bus.tests.broker import free_port, wait_for_port

    port, config = free_port(), folder / "mosquitto.conf"
    queue = "max_queued_messages 0\nmax_inflight_messages 0\n"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n{queue}")
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    with (folder / "mosquitto.log").open("wb") as log:
        running = subprocess.Popen([program, "-c", str(config)], stdout=log, stderr=log)
    try:
        wait_for_port(port)
        yield port
    finally:
        running.terminate()
        running.wait()


def _peer(port: int, secrets: Path, size: int) -> float:
    command = [sys.executable, "-m", "bench._iot", "subscribe", str(port), str(size)]
    subscriber = subprocess.Popen(command, stdout=subprocess.PIPE)
    if subscriber.stdout is not None:
        subscriber.stdout.readline()
    started = time.perf_counter()
    publisher = _publisher(port, secrets, size, 0)
    subscriber.wait(PATIENCE)
    taken = time.perf_counter() - started
    publisher.wait(PATIENCE)
    return taken


def _counted() -> int:
    from beichen.platforms.warehouse import service as warehouse

    with warehouse.reader() as ask:
        return int(ask.sql("SELECT count(*) AS number FROM readings")["number"][0].as_py())


def _ours(port: int, secrets: Path, size: int, clock: int) -> tuple[float, float]:
    """Seconds until the table has all, and until all were acknowledged."""
    before = _counted()
    started = time.perf_counter()
    publisher = _publisher(port, secrets, size, clock)
    publisher.wait(PATIENCE)
    acknowledged = time.perf_counter() - started
    _until(lambda: _counted() >= before + size // DEVICES * DEVICES)
    return time.perf_counter() - started, acknowledged


async def _delays(port: int, code: str, secret: str) -> dict[str, float]:
    """From publish to the latest value in the database, in milliseconds."""
    from asgiref.sync import sync_to_async

    from beichen.platforms.iot.tests.clients import Client
    from beichen.registry.models import Measurement

    latest = Measurement.objects.filter(source=code, name="level_m")
    client = await Client(code, secret).connect(port)
    taken, waiting = [], {}
    for number in range(DELAYS):
        waiting[number / 100] = time.perf_counter()
        client.publish(f"v1/{code}/telemetry", b'{"level_m": %.2f}' % (number / 100))
        await asyncio.sleep(PAUSE)
        value = await sync_to_async(lambda: latest.values_list("number", flat=True).first())()
        now = time.perf_counter()
        seen = [one for one in waiting if value is not None and one <= value]
        taken += [now - waiting.pop(one) for one in seen]
    await client.close()
    cuts = statistics.quantiles([one * 1000 for one in taken], n=100)
    return {"latest_p50_ms": round(cuts[49]), "latest_p99_ms": round(cuts[98])}


def measure(sizes: list[int], folder: Path) -> dict[str, Any]:
    """Each size, ours and the peer's in turns; then the delays."""
    from django.core.management import call_command

    from beichen.kernel.bus import server
    from beichen.kernel.bus.tests.broker import wait_for_port
    from beichen.platforms.iot import service
    from beichen.platforms.iot.tests import ground
    from beichen.settings import settings

    call_command("migrate", verbosity=0, interactive=False)
    chosen = settings()
    ground.town()
    secrets = []
    for number in range(DEVICES):
        ground.well(f"W-{number}")
        ground.device(f"D-{number}", thing=f"W-{number}", rate=100_000)
        secrets.append([f"D-{number}", service.issue_token(f"D-{number}", by=ground.BY)])
    file = folder / "secrets.json"
    file.write_text(json.dumps(secrets))
    nats = subprocess.Popen(server.command(chosen.data_dir / "nats", chosen.nats_port, chosen.mqtt_port))
    wait_for_port(chosen.mqtt_port)
    log = folder / "gateway.log"
    with log.open("wb") as opened:
        command = [sys.executable, "-m", "beichen.house.gateway"]
        gateway = subprocess.Popen(command, stdout=opened, stderr=opened)
    try:
        _until(lambda: b"gateway works" in log.read_bytes())
        rows = []
        clock = int(time.time() * 1000) - 3_000_000  # the devices' own, which goes on from size to size
        with _mosquitto(folder) as peer_port:
            for size in sizes:
                ours, acknowledged = _ours(chosen.mqtt_port, file, size, clock)
                clock += size // DEVICES
                peer = _peer(peer_port, file, size // DEVICES * DEVICES)
                figures = {"acknowledged_s": round(acknowledged, 2)}
                rows.append({"size": size, "ours": ours, "peer": peer, "figures": figures})
        delays = asyncio.run(_delays(chosen.mqtt_port, *secrets[0]))
        return {"rows": rows, "delays": delays}
    finally:
        for process in (gateway, nats):
            process.terminate()
            process.wait()


def main() -> None:
    """Do what the arguments say."""
    word, *rest = sys.argv[1:]
    if word == "publish":
        secrets = json.loads(Path(rest[1]).read_text())
        asyncio.run(publish(int(rest[0]), secrets, int(rest[2]), int(rest[3])))
        return
    if word == "subscribe":
        asyncio.run(subscribe(int(rest[0]), int(rest[1])))
        return
    from beichen.kernel.bus.tests.broker import free_port

    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        os.environ["BEICHEN_DATA_DIR"] = folder
        os.environ["BEICHEN_NATS_PORT"], os.environ["BEICHEN_MQTT_PORT"] = str(free_port()), str(free_port())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
        import django

        django.setup()
        print(json.dumps(measure([int(size) for size in rest], Path(folder))))


if __name__ == "__main__":
    main()
