"""Viewers of a screen as plain connections: each listens, and asks anew by chance a little later."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

JITTER_SECONDS, EACH_SECONDS = 2.0, 0.02  # as `static/overview/live.js` has them
ROUNDS = 8
PAUSE_SECONDS = 4.0
CHANGED = b"event: changes"


@dataclass(slots=True)
class Heard:
    """What viewers noticed: seconds from event to told, and from told to shown beyond the chosen delay."""

    began: float = 0.0
    told: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    failed: int = 0


def share(values: list[float], part: float) -> float:
    """The value that so large a part does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0


def middle(values: list[float]) -> float:
    """The median; 0 for none."""
    return statistics.median(values) if values else 0.0


async def fetched(address: str) -> tuple[int, bytes, str]:
    """Status, body and location of one request over a connection of its own."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    head = (
        f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode())
    content = await reader.read(-1)
    writer.close()
    top, _, body = content.partition(b"\r\n\r\n")
    location = next(
        (line[10:].decode() for line in top.split(b"\r\n") if line[:9].lower() == b"location:"), ""
    )
    return int(top.split(b" ", 2)[1]), body, location.strip()


async def listen(address: str, mark: bytes, heard: Heard, ready: asyncio.Event, shows: str) -> None:
    """Listen at an address for ever; note when a line with ``mark`` comes, then ask ``shows`` anew."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 20)
    writer.write(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    asking: set[asyncio.Task[None]] = set()
    try:
        place, due = b"0", 0.0
        while line := await reader.readline():
            if line.startswith(b"retry:"):
                ready.set()
            elif line.startswith(b"id: "):
                place = line[4:].strip()
            elif line.startswith(mark) and heard.began:
                heard.told.append(time.perf_counter() - heard.began)
            elif line.startswith(b"data: ") and heard.began and shows:
                spread = max(JITTER_SECONDS, orjson.loads(line[6:])["listeners"] * EACH_SECONDS)
                now = time.perf_counter()
                if due < now:
                    due = max(now, due + spread) + random.random() * spread
                    task = asyncio.create_task(_show(f"{shows}&seen={place.decode()}", due - now, heard))
                    asking.add(task)
                    task.add_done_callback(asking.discard)
    finally:
        for task in asking:
            task.cancel()
        writer.close()


async def _show(address: str, delay: float, heard: Heard) -> None:
    await asyncio.sleep(delay)
    start = time.perf_counter()
    try:
        status, _body, _location = await fetched(address)
    except (OSError, IndexError):
        status = 0
    heard.shown.append(time.perf_counter() - start)
    heard.failed += status != 200


async def watch(
    count: int,
    address: Callable[[], Awaitable[str]],
    tell: Callable[[], Awaitable[None]],
    *,
    mark: bytes = CHANGED,
    shows: str = "",
) -> Heard:
    """Let so many viewers listen while ``tell`` says some times that something changed."""
    heard = Heard()
    ready = [asyncio.Event() for _number in range(count)]
    # One after the other, as people come.
    listeners = [asyncio.create_task(listen(await address(), mark, heard, one, shows)) for one in ready]
    for one in ready:
        await one.wait()
    await asyncio.sleep(PAUSE_SECONDS)
    for _round in range(ROUNDS):
        heard.began = time.perf_counter()
        await tell()
        await asyncio.sleep(PAUSE_SECONDS)
    for task in listeners:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*listeners, return_exceptions=True)
    return heard
