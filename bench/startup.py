"""The second start of `beichen up`: seconds until web answers (limit 8), memory of all processes (600 MB).

The peer is Python importing the same Django application in one process: the least that any start must
do. The first start prepares the database, assets and the city.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bench.measure import Row, seconds
from tests.start.group import two_free_ports

SETTLE_SECONDS = 6.0
STARTS = 3


@contextmanager
def _group(folder: Path, port: int) -> Iterator[tuple[float, subprocess.Popen[bytes]]]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "beichen", "up", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
                break
            except httpx.HTTPError:
                assert process.poll() is None
                time.sleep(0.02)
        yield time.perf_counter() - started, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _memory(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Resident megabytes of all processes, and how many there are."""
    time.sleep(SETTLE_SECONDS)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return sum(member.memory_info().rss for member in family) / 1e6, len(family)


def run() -> list[Row]:
    """A first start, and the median of the next."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    port = two_free_ports()
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as name:
        folder = Path(name) / "data"
        with _group(folder, port) as (first, _process):
            pass
        later = []
        for _ in range(STARTS):
            with _group(folder, port) as (taken, process):
                later.append(taken)
                memory, processes = _memory(process)
        environment = {**os.environ, "BEICHEN_DATA_DIR": str(folder)}
        command = [sys.executable, "-c", "import beichen.house.wsgi"]
        least = seconds(lambda: subprocess.run(command, env=environment, check=True), times=3)
    figures = {"first_start_s": round(first, 1), "memory_mb": round(memory), "processes": float(processes)}
    return [
        Row("second start", 1, sorted(later)[STARTS // 2], "importing the application", least, "", figures)
    ]
