"""Screens: 50, 200 and 500 viewers on live updates, and how soon a screen stands in a browser.

A house of real processes (broker, web, live) with the pilot city, SQLite, one web worker. *Viewers*: each
holds a connection to the live process; eight times, four seconds apart, an event says that three indicators
are others, and each viewer asks for three widgets within two seconds by chance, or 20 ms for each viewer, as
pages do. Ours is the median from the event at the broker to the viewer's line, the peer the same of bare
server-sent events: the same server fanning out the same bytes. Figures: the slowest in a hundred, how long
widgets took, shares of a core and megabytes of web and live. *Pages*: chromium, 1920×1080, nothing cached;
ours is until all widgets stand (limit 2.5 s for 60 cards), the peer the house's smallest page; figures are
the first contentful paint (limit 1.5 s) and the longest task of the main thread (limit 0.2 s). *Points*: a
screen's map of a layer of a million points.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil
from playwright.sync_api import Browser, sync_playwright

from bench._screens import SIZES
from bench._viewers import CHANGED, Heard, fetched, middle, share, watch
from bench.measure import Row, rounded
from tests.start.group import two_free_ports

VIEWERS = (50, 200, 500)
POINTS = 1_000_000
SCREEN = "bench.cards20"
ROOT = Path(__file__).resolve().parents[1]
TIMES = 3
WATCH = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
}).observe({ type: "longtask", buffered: true });
"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
STANDS = "() => !document.querySelector('.screen-grid .widget-body > .quiet:only-child')"
DRAWN = """() => document.querySelector('bc-map')?.map?.areTilesLoaded() &&
    document.querySelector('.map-canvas.is-ready')"""


def _await(address: str, process: subprocess.Popen[bytes] | None = None) -> None:
    for _turn in range(6_000):
        assert process is None or process.poll() is None
        try:
            httpx.get(address, timeout=1)
            return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise TimeoutError(address)


@contextmanager
def _house(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port, nats = two_free_ports(), two_free_ports()
    os.environ |= {"BEICHEN_NATS_PORT": str(nats), "BEICHEN_MQTT_PORT": "0", "BEICHEN_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "beichen", "up", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen([*command, "--only", "nats,web,live"], stdout=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}/healthz", process)
        yield port, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _fill(folder: Path) -> list[str]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "beichen.house.django", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bench._screens", str(POINTS)]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()[-1].split(",")


def _members(process: subprocess.Popen[bytes], name: str) -> list[psutil.Process]:
    family = psutil.Process(process.pid).children(recursive=True)
    first = [one for one in family if f"beichen.house.{name}" in " ".join(one.cmdline())]
    return [*first, *(child for one in first for child in one.children(recursive=True) if child not in first)]


def _used(members: list[psutil.Process]) -> tuple[float, float]:
    """Seconds of processor and megabytes."""
    times = [one.cpu_times() for one in members]
    return sum(one.user + one.system for one in times), sum(one.memory_info().rss for one in members) / 1e6


async def _viewers(count: int, port: int, keys: list[str]) -> Heard:

    from beichen.kernel.bus import broker

    client = await broker.connect("bench")
    listening = f"http://127.0.0.1:{port}/events?changes=1&type=data.value.recorded"

    async def address() -> str:
        _status, _body, location = await fetched(listening)
        return location.replace("localhost", "127.0.0.1")

    async def tell() -> None:
        event = {"type": "data.value.recorded", "level": 1, "data": {"indicators": keys}}
        await client.publish("beichen.events.bench", orjson.dumps(event))

    shows = f"http://127.0.0.1:{port}/screens/{SCREEN}/widgets?of=0,1,2"
    try:
        return await watch(count, address, tell, shows=shows)
    finally:
        await client.close()


@contextmanager
def _fanout() -> Iterator[int]:
    port = two_free_ports()
    process = subprocess.Popen([sys.executable, "-m", "bench._fanout", str(port)], cwd=ROOT)
    try:
        _await(f"http://127.0.0.1:{port}/tell", process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


async def _bare(count: int, port: int, keys: list[str]) -> Heard:
    line = b"event: changes\nid: 1\ndata: " + orjson.dumps({"data.value.recorded": keys}) + b"\n\n"
    async with httpx.AsyncClient() as client:

        async def address() -> str:
            return f"http://127.0.0.1:{port}/events?x=1"

        async def tell() -> None:
            await client.post(f"http://127.0.0.1:{port}/tell", content=line)

        return await watch(count, address, tell, mark=CHANGED)


def _of_viewers(count: int, port: int, process: subprocess.Popen[bytes], keys: list[str]) -> Row:
    web, live = _members(process, "web"), _members(process, "live")
    before = [_used(one)[0] for one in (web, live)]
    start = time.perf_counter()
    heard = asyncio.run(_viewers(count, port, keys))
    wall = time.perf_counter() - start
    after = [_used(one) for one in (web, live)]
    with _fanout() as peer_port:
        bare = asyncio.run(_bare(count, peer_port, keys))
    figures = {
        "told p99 s": share(heard.told, 0.99),
        "bare p99 s": share(bare.told, 0.99),
        "widgets p50 s": middle(heard.shown),
        "widgets p99 s": share(heard.shown, 0.99),
        "told": float(len(heard.told)),
        "failed": float(heard.failed),
        "web % of a core": (after[0][0] - before[0]) / wall * 100,
        "live % of a core": (after[1][0] - before[1]) / wall * 100,
        "web MB": after[0][1],
        "live MB": after[1][1],
    }
    peer = "bare server-sent events"
    return Row(
        "viewers: event to told", count, middle(heard.told), peer, middle(bare.told), "", rounded(figures)
    )


def _looked(browser: Browser, address: str, stands: str) -> dict[str, float]:
    """One look with nothing cached: seconds to the first paint and until all stands, the longest task."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    context.add_init_script(WATCH)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(stands, polling=20, timeout=60_000)
    stood = time.perf_counter() - start
    page.wait_for_timeout(1_500)  # what is drawn late makes long tasks too
    found = {
        "first paint s": page.evaluate(PAINTED) / 1000,
        "stands s": stood,
        "longest task s": page.evaluate("() => window.longest") / 1000,
    }
    context.close()
    return found


def _pages(port: int) -> list[Row]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    flags = ["--no-sandbox", "--enable-unsafe-swiftshader"]
    base, rows = f"http://localhost:{port}", []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)

        def median(path: str, stands: str) -> dict[str, float]:
            _looked(browser, base + path, stands)
            looks = [_looked(browser, base + path, stands) for _time in range(TIMES)]
            return {name: middle([one[name] for one in looks]) for name in looks[0]}

        small = median("/account/login/", "() => document.readyState === 'complete'")
        cases: list[tuple[str, int, str, str]] = [
            ("screen stands", size, f"/screens/bench.cards{size}", STANDS) for size in SIZES
        ]
        cases.append(("map of points stands", POINTS, "/screens/bench.points", DRAWN))
        for case, size, path, stands in cases:
            found: dict[str, Any] = median(path, stands)
            stood = found.pop("stands s")
            rows.append(Row(case, size, stood, "the sign-in page", small["stands s"], "", rounded(found)))
        browser.close()
    return rows


def run() -> list[Row]:
    """Viewers of each number, then pages of each size."""
    with tempfile.TemporaryDirectory(prefix="beichen-bench-") as name:
        folder = Path(name) / "data"
        with _house(folder) as (port, process):
            keys = _fill(folder)
            rows = _pages(port)
            return [*(_of_viewers(count, port, process, keys) for count in VIEWERS), *rows]
