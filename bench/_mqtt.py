"""Devices over MQTT for `bench/iot.py`: the house and the peer, each fed in the same way."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench._table import PATIENCE, in_table

SPEAKING = 50  # devices with a connection of their own
PARTS = 2  # processes of publishers that speak through gmqtt
PEER = "Mosquitto + gmqtt"
TURNS, LONG = 5, 100_000  # a burst of a part of a second is said again: the median counts

Feed = Callable[[], None]
"""Lets publishers say all that they have, and waits for them."""
Feeding = Callable[[int, Path, int, int], AbstractContextManager[Feed]]
"""Publishers that speak to a port: with these secrets, so many readings, from this time of their clock on."""


def publisher(port: int, secrets: Path, *numbers: int) -> subprocess.Popen[bytes]:
    """A process whose devices speak as fast as the broker takes it, or at a rate."""
    words = [str(port), str(secrets), *map(str, numbers)]
    return subprocess.Popen([sys.executable, "-m", "bench._devices", *words])


@contextmanager
def _fast(port: int, secrets: Path, size: int, clock: int) -> Iterator[Feed]:
    """One process that packs and reads MQTT itself; it begins when it is called."""
    yield lambda: _waited_for(publisher(port, secrets, size, clock))


@contextmanager
def _plain(port: int, secrets: Path, size: int, clock: int) -> Iterator[Feed]:
    """Processes whose devices speak through gmqtt; all are in before they are called."""
    words = ["publish", str(port), str(secrets), str(size), str(clock)]
    command = [sys.executable, "-m", "bench._gmqtt", *words]
    parts = [[*command, str(part), str(PARTS)] for part in range(PARTS)]
    running = [subprocess.Popen(part, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for part in parts]
    for process in running:
        _heard(process)

    def feed() -> None:
        for process in running:
            if process.stdin is not None:
                process.stdin.close()  # the end of what it reads is the line that it waits for
        for process in running:
            _waited_for(process)

    yield feed


CASES: dict[str, Feeding] = {
    "MQTT QoS 1, a reading a message, to table": _fast,
    "MQTT QoS 1, said by plain gmqtt, to table": _plain,
}


def _heard(process: subprocess.Popen[bytes]) -> None:
    """Wait until it says that it is ready."""
    if process.stdout is None or not process.stdout.readline():
        raise OSError(f"it ended before it began: {process.args!r}")


def _waited_for(process: subprocess.Popen[bytes]) -> None:
    """Its end is seen at once: a wait of `Popen` that has a limit looks every twentieth of a second."""
    limit = threading.Timer(PATIENCE, process.kill)
    limit.start()
    try:
        is_wrong = process.wait()
    finally:
        limit.cancel()
    if is_wrong:
        raise OSError(f"it ended with {process.returncode}: {process.args!r}")


@contextmanager
def _mosquitto(folder: Path) -> Iterator[int]:
    from beichen.kernel.bus.tests.broker import wait_for_port
    from beichen.kernel.bus.tests.ports import free_port

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


def _peer(port: int, secrets: Path, size: int, feeding: Feeding) -> float:
    """Seconds until a subscriber that decodes has all that the devices say to Mosquitto."""
    command = [sys.executable, "-m", "bench._gmqtt", "subscribe", str(port), str(size)]
    subscriber = subprocess.Popen(command, stdout=subprocess.PIPE)
    _heard(subscriber)
    with feeding(port, secrets, size, 0) as feed:
        started = time.perf_counter()
        feed()
        _waited_for(subscriber)
        return time.perf_counter() - started


def rows_of(sizes: list[int], port: int, secrets: Path, clock: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Every case and size, ours and the peer's in turns; ``clock`` is the devices' own, in milliseconds."""
    with _mosquitto(folder) as peer_port:
        for case, feeding in CASES.items():
            for asked in sizes:
                size = asked // SPEAKING * SPEAKING
                ours, peers, acknowledged = list[float](), list[float](), list[float]()
                for _turn in range(TURNS if size < LONG else 1):
                    with feeding(port, secrets, size, clock) as feed:
                        taken, told = in_table(size, feed)
                    clock += size // SPEAKING
                    ours.append(taken)
                    acknowledged.append(told)
                    peers.append(_peer(peer_port, secrets, size, feeding))
                figures = {"acknowledged_s": round(median(acknowledged), 2)}
                if len(ours) > 1:
                    figures |= {"first_s": round(ours[0], 3), "first_peer_s": round(peers[0], 3)}
                found = {"ours": median(ours), "peer": median(peers)}
                yield {"case": case, "size": size, **found, "name": PEER, "figures": figures}
