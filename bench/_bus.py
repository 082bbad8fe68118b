"""The process in which the bus is measured: its own database, broker and worker.

`python -m bench._bus measure SIZE…` prints one JSON document; `python -m bench._bus work` is the worker
that it starts. The database is that of BEICHEN_DATABASE_URL.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

EACH = 100  # events in a transaction
IN_FLIGHT = 500
RATE, RATE_SECONDS = 200, 8  # events a second, each in a transaction of its own
POLL_SECONDS = 0.002
WARM_UP, LONG = 2_000, 50_000  # events
DATA = {"depth_m": 4.2, "street": "人民大街", "state": "normal", "checked": True}
TYPE = "bench.thing.happened"


def _prepare() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")
    django.setup()


async def work() -> None:
    """One subscriber; at the end the seconds from each event's time to its handling."""
    from beichen.kernel.bus.event import Event
    from beichen.kernel.bus.runner import Bus
    from beichen.kernel.bus.subscribers import Subscriber

    delays: list[float] = []

    def handle(event: Event) -> None:
        delays.append(time.time() - event.time.timestamp())

    to = Subscriber("bench.handle", ("bench.>",), handle)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Bus({to.name: to}).run(stop)
    print(json.dumps(delays))


def publish(count: int, each: int) -> None:
    """``count`` events in transactions of ``each``."""
    from django.db import transaction

    from beichen.kernel.actor import system
    from beichen.kernel.bus import service

    by = system("bench")
    for start in range(0, count, each):
        drafts = [service.Draft(TYPE, f"MH-{n % 500}", DATA) for n in range(start, min(start + each, count))]
        with transaction.atomic():
            service.publish_many(drafts, by=by)


def bare_insert(count: int) -> float:
    """Seconds for the same rows, written by Django in the same transactions and read by nobody."""
    from django.db import transaction
    from django.utils import timezone

    from beichen.kernel.bus.models import OutboxEvent

    payload = OutboxEvent.objects.order_by("-id").values_list("payload", flat=True).first() or "{}"
    started = time.perf_counter()
    for start in range(0, count, EACH):
        now = timezone.now()
        rows = [
            OutboxEvent(key=f"bare {n}", type=TYPE, payload=payload, created_at=now, relayed_at=now)
            for n in range(start, start + EACH)
        ]
        with transaction.atomic():
            OutboxEvent.objects.bulk_create(rows)
    return time.perf_counter() - started


async def bare_publish(count: int) -> float:
    """Seconds for the same payloads through the client library, ``IN_FLIGHT`` unanswered at a time."""
    from nats.js.api import StreamConfig

    from beichen.kernel.bus import broker

    client = await broker.connect("bench")
    js = client.jetstream()
    await js.add_stream(StreamConfig(name="BARE", subjects=["bare.>"]))
    payload = json.dumps(DATA).encode().ljust(330)
    started = time.perf_counter()
    for start in range(0, count, IN_FLIGHT):
        answers = [
            await js.publish_async("bare.thing", payload, headers={"Nats-Msg-Id": f"{count}-{n}"})
            for n in range(start, start + IN_FLIGHT)
        ]
        await asyncio.gather(*answers)
    taken = time.perf_counter() - started
    await js.delete_stream("BARE")
    await client.close()
    return taken


class Worker:
    """The worker's process, and how far it has come."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "bench._bus", "work"], stdout=subprocess.PIPE)

    def until_handled(self) -> None:
        """Return when nothing is left to handle."""
        from beichen.kernel.bus.models import InboxEntry, OutboxEvent

        last = (
            OutboxEvent.objects.exclude(key__startswith="bare")
            .order_by("-id")
            .values_list("key", flat=True)[0]
        )
        while not InboxEntry.objects.filter(subscriber="bench.handle", key=last).exists():
            assert self._process.poll() is None
            time.sleep(POLL_SECONDS)

    def stop(self) -> list[float]:
        """End it; returns the delays of all events since its start."""
        self._process.terminate()
        output, _ = self._process.communicate(timeout=60)
        delays: list[float] = json.loads(output)
        return delays


def steady() -> dict[str, float]:
    """Milliseconds from the event to its handling, at a moderate steady rate."""
    worker = Worker()
    publish(1, 1)
    worker.until_handled()
    start = time.perf_counter()
    for n in range(RATE * RATE_SECONDS):
        publish(1, 1)
        time.sleep(max(0.0, start + (n + 1) / RATE - time.perf_counter()))
    worker.until_handled()
    delays = [delay * 1000 for delay in worker.stop()[1:]]
    cuts = statistics.quantiles(delays, n=100)
    return {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1), "rate": RATE}


def in_turns(worker: Worker, size: int) -> dict[str, Any]:
    """The median of a few runs, each beside both limits; a long run is measured once."""
    runs: dict[str, list[float]] = {"ours": [], "insert": [], "JetStream publish": []}
    for _ in range(max(1, min(5, LONG // size))):
        started = time.perf_counter()
        publish(size, EACH)
        worker.until_handled()
        runs["ours"].append(time.perf_counter() - started)
        runs["insert"].append(bare_insert(size))
        runs["JetStream publish"].append(asyncio.run(bare_publish(size)))
    limits = {name: statistics.median(taken) for name, taken in runs.items()}
    return {"size": size, "ours": limits.pop("ours"), "limits": limits}


def measure(sizes: list[int]) -> dict[str, Any]:
    """Each size beside its two limits, then the delay at a steady rate."""
    from django.core.management import call_command

    from beichen.kernel.bus import server
    from beichen.kernel.bus.tests.broker import wait_for_port
    from beichen.settings import settings

    call_command("migrate", verbosity=0, interactive=False)
    chosen = settings()
    nats = None
    if chosen.nats_url.startswith("embedded:"):
        nats = subprocess.Popen(server.command(chosen.data_dir / "nats", chosen.nats_port, 0))
        wait_for_port(chosen.nats_port)
    try:
        worker = Worker()
        publish(WARM_UP, EACH)
        worker.until_handled()
        rows = [in_turns(worker, size) for size in sizes]
        worker.stop()
        return {"rows": rows, "steady": steady()}
    finally:
        if nats is not None:
            nats.terminate()
            nats.wait()


def main() -> None:
    """Do what the arguments say."""
    if sys.argv[1] == "work":
        gc.disable()  # as the house's worker starts
        _prepare()
        gc.freeze()
        gc.enable()
        asyncio.run(work())
        return
    from beichen.kernel.bus.tests.ports import free_port

    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as folder:
        os.environ["BEICHEN_DATA_DIR"] = str(Path(folder))
        os.environ.setdefault("BEICHEN_NATS_PORT", str(free_port()))
        _prepare()
        print(json.dumps(measure([int(size) for size in sys.argv[2:]])))


if __name__ == "__main__":
    main()
