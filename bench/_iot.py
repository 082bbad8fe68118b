"""The processes of `bench/iot.py`: the house that takes readings in, its broker, and the peers."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench._mqtt import SPEAKING, publisher, rows_of
from bench._registry import serve
from bench._table import in_table, until

DEVICES = SPEAKING + 1  # those in batches
ROWS = 200_000  # of one batch over HTTP
PROBES, PAUSE, RATE = 30, 0.05, 5_000
KIND = "application/vnd.apache.arrow.stream"


def _bodies(size: int, clock: int) -> list[bytes]:
    """Batches of a hub, each of whose devices reads in turn ten thousand times a second."""
    import numpy as np
    import pyarrow as pa

    codes = pa.array([f"D-{number}" for number in range(DEVICES)])
    found = []
    for start in range(0, size, ROWS):
        rows = np.arange(start, min(size, start + ROWS))
        at = clock * 1_000 + rows // DEVICES * 100
        table = pa.table(
            {
                "device": codes.take(pa.array(rows % DEVICES)),
                "measure": pa.repeat("level_m", len(rows)),
                "value": rows % 3_000 / 100,
                "at": pa.array(at, pa.timestamp("us", "UTC")),
            }
        )
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        found.append(sink.getvalue().to_pybytes())
    return found


def _bare(bodies: list[bytes], folder: Path) -> float:
    """The peer: the same rows into a table of Delta, and nothing else."""
    import pyarrow as pa
    from deltalake import WriterProperties, write_deltalake

    place = folder / f"bare-{len(bodies)}"
    started = time.perf_counter()
    for body in bodies:
        rows = pa.ipc.open_stream(body).read_all()
        properties = WriterProperties(compression="ZSTD", compression_level=3)
        write_deltalake(place, rows, mode="append", writer_properties=properties)
    return time.perf_counter() - started


def _arrow(sizes: list[int], key: str, clock: int, folder: Path) -> Iterator[dict[str, Any]]:
    with serve("--factory", "beichen.house.web:application") as client:
        headers = {"Content-Type": KIND, "Authorization": f"Bearer {key}"}

        def post(bodies: list[bytes]) -> None:
            for body in bodies:
                client.request("POST", "/api/devices/readings", body, headers)
                answer = client.getresponse()
                if (content := answer.read()) and answer.status != 202:
                    raise http.client.HTTPException(f"{answer.status} {content[:300]!r}")

        first = partial(post, _bodies(DEVICES, clock))  # the first of a process looks everything up
        in_table(DEVICES, first)
        for size in sizes:
            clock += 10
            bodies = _bodies(size, clock)
            clock += size // DEVICES // 10
            ours, acknowledged = in_table(size, partial(post, bodies))
            yield {
                "case": "Arrow over HTTP, batches of 200,000, to table",
                "size": size,
                "ours": ours,
                "peer": _bare(bodies, folder),
                "name": "bare Delta",
                "figures": {
                    "acknowledged_s": round(acknowledged, 2),
                    "acknowledged_per_s": round(size / acknowledged),
                },
            }


def _cuts(name: str, seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles([one * 1000 for one in seconds], n=100)
    return {f"{name}_p50_ms": round(cuts[49]), f"{name}_p99_ms": round(cuts[98])}


async def _delays(port: int, code: str, secret: str) -> dict[str, float]:
    """From publish until the rule's event is in the outbox, and until the latest value is in the database."""
    from asgiref.sync import sync_to_async

    from beichen.kernel.bus.models import OutboxEvent
    from beichen.platforms.iot.tests.clients import Client
    from beichen.registry.models import Measurement

    events = OutboxEvent.objects.filter(type__in=("bench.high", "iot.rule.cleared"))
    latest = Measurement.objects.filter(source=code, name="count").values_list("number", flat=True)

    def seen() -> tuple[int, float | None]:
        return events.count(), latest.first()

    client = await Client(code, secret).connect(port)
    raised, shown = list[float](), list[float]()
    for number in range(PROBES * 2):
        before, value = (await sync_to_async(seen)())[0], 0 if number % 2 else 10
        started = time.perf_counter()
        client.publish(f"v1/{code}/telemetry", b'{"count": %d}' % (value + number % 2))
        waits = {"event", "value"}
        while waits:
            await asyncio.sleep(PAUSE / 10)
            count, now = await sync_to_async(seen)()
            if "event" in waits and count > before:
                raised.append(time.perf_counter() - started)
                waits.remove("event")
            if "value" in waits and now == value + number % 2:
                shown.append(time.perf_counter() - started)
                waits.remove("value")
        await asyncio.sleep(PAUSE)
    await client.close()
    return {"load_per_s": RATE, **_cuts("event", raised), **_cuts("latest", shown)}


def _prepared() -> tuple[str, list[list[str]]]:
    """A town with its wells, their devices and rules; returns a client's key and the devices' tokens."""
    from beichen.kernel.access.service import create_client
    from beichen.platforms.iot import service
    from beichen.platforms.iot.tests import ground

    ground.town()
    tokens = []
    for number in range(DEVICES):
        ground.well(f"W-{number}")
        ground.device(f"D-{number}", thing=f"W-{number}", rate=100_000)
        if number <= SPEAKING:
            tokens.append([f"D-{number}", service.issue_token(f"D-{number}", by=ground.BY)])
    types = {"well": {"fields": ground.WELL.fields, "measures": ground.WELL.measures}}
    rules: dict[str, Any] = {
        f"r{number}": {
            "on": "well.level_m",
            "when": f"level_m > 7.{number} * depth_m",
            "for": "1m",
            "raise": "bench.level",
        }
        for number in range(9)
    }
    rules["probe"] = {"on": "well.count", "when": "count > 5", "raise": "bench.high"}
    service.declare_rules(rules, types, scene="drainage", by=ground.BY)
    return create_client("bench", "Bench", "device-gateway", by=ground.BY), tokens


def measure(sizes: list[int], batches: list[int], folder: Path) -> dict[str, Any]:
    """Each size, ours and the peer's in turns; then the delays."""
    from django.core.management import call_command

    from beichen.kernel.bus import server
    from beichen.kernel.bus.tests.broker import wait_for_port
    from beichen.settings import settings

    call_command("migrate", verbosity=0, interactive=False)
    chosen = settings()
    key, tokens = _prepared()
    probe = tokens.pop()
    secrets = folder / "secrets.json"
    secrets.write_text(json.dumps(tokens))
    nats = subprocess.Popen(server.command(chosen.data_dir / "nats", chosen.nats_port, chosen.mqtt_port))
    wait_for_port(chosen.mqtt_port)
    log = folder / "gateway.log"
    with log.open("wb") as opened:
        command = [sys.executable, "-m", "beichen.house.gateway"]
        gateway = subprocess.Popen(command, stdout=opened, stderr=opened)
    try:
        until(lambda: b"gateway works" in log.read_bytes())
        now = int(time.time() * 1000)  # the devices' own clocks go on from size to size
        rows = [*rows_of(sizes, chosen.mqtt_port, secrets, now - 3_000_000, folder)]
        rows += _arrow(batches, key, now - 2_000_000, folder)
        loading = publisher(chosen.mqtt_port, secrets, RATE * 600, now - 1_000_000, RATE)
        try:
            time.sleep(5)
            delays = asyncio.run(_delays(chosen.mqtt_port, *probe))
        finally:
            loading.terminate()
            loading.wait()
        return {"rows": rows, "delays": delays}
    except Exception:
        sys.stderr.write(log.read_text()[-4000:])
        raise
    finally:
        for process in (gateway, nats):
            process.terminate()
            process.wait()


def main() -> None:
    """Do what the arguments say: sizes of MQTT, a slash, sizes of batches."""
    from beichen.kernel.bus.tests.ports import free_port

    sizes, _, batches = " ".join(sys.argv[1:]).partition("/")
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        os.environ["BEICHEN_DATA_DIR"] = folder
        os.environ["BEICHEN_NATS_PORT"], os.environ["BEICHEN_MQTT_PORT"] = str(free_port()), str(free_port())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
        import django

        django.setup()
        found = measure(
            [int(one) for one in sizes.split()], [int(one) for one in batches.split()], Path(folder)
        )
        print(json.dumps(found))


if __name__ == "__main__":
    main()
