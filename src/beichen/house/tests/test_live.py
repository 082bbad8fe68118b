"""What happens is on the live stream at once, and not when there is more of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from beichen.house.live import Feed
from beichen.kernel.bus import broker, pull
from beichen.kernel.bus.event import SUBJECT_PREFIX
from beichen.kernel.bus.tests.broker import NatsServer
from beichen.settings import settings

AT_ONCE_SECONDS = 25.0  # patient with a busy machine; a request waits longer for a sign of life


async def _until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


async def _announced(subjects: list[str]) -> list[str]:
    """Follow the stream, send an event of each subject, one after another; what was heard of them."""
    feed, heard = Feed(), list[str]()
    following = asyncio.create_task(feed.follow())
    client = await broker.connect("test")
    await _until(lambda: feed.is_following, 20)
    for subject in subjects:
        await client.jetstream().publish(f"{SUBJECT_PREFIX}test", orjson.dumps({"subject": subject}))
        with suppress(TimeoutError):
            await _until(lambda: len(feed.kept) > len(heard), AT_ONCE_SECONDS)
            heard.append(feed.kept[-1].document["subject"])
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    await client.close()
    return heard


def test_an_event_is_announced_when_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = NatsServer(tmp_path / "nats")
    monkeypatch.setattr(pull, "HEARTBEAT_SECONDS", 100)
    monkeypatch.setattr(pull, "EXPIRES_SECONDS", 300)
    monkeypatch.setattr(pull, "SILENCE_SECONDS", 200)
    monkeypatch.setenv("BEICHEN_NATS_URL", "embedded://")
    monkeypatch.setenv("BEICHEN_NATS_PORT", str(server.port))
    settings.cache_clear()
    server.start()
    try:
        assert asyncio.run(_announced(["first", "second"])) == ["first", "second"]
    finally:
        server.kill()
        monkeypatch.undo()
        settings.cache_clear()
