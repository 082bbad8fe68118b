"""The live process: events to browsers as server-sent events, in one small process without Django.

One reader follows the stream and keeps the last events; each browser has a short queue. A browser that
cannot keep up is disconnected and comes back with its `Last-Event-ID`, which is the place in the
stream: what it missed is read from there. A browser that asks for `changes` is told sums: :mod:`.changes`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson
from granian.constants import Interfaces
from granian.server.embed import Server
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from beichen.house import changes
from beichen.house.ending import end_on
from beichen.kernel.bus import broker, feed
from beichen.kernel.bus.event import HINTS, STREAM, SUBJECT_PREFIX
from beichen.kernel.bus.pull import Delivery, Pull
from beichen.kernel.bus.tap import Tap
from beichen.problem import ProblemError
from beichen.settings import refuse_unsafe, settings

KEPT = 5_000  # events in memory, for browsers that come back
QUEUE = 500  # events a browser may be behind
HEARTBEAT_SECONDS = 15.0
LONGEST_SECONDS = 900.0  # then the browser asks web again, which may decide otherwise
LISTENERS = 10_000  # at once; the server's own bound, of 128, lets all later ones wait without a word
PROBLEM_TYPE = "application/problem+json"
logger = logging.getLogger("beichen.house.live")


@dataclass(frozen=True, slots=True)
class Sent:
    """An event, its place in the stream, and when it came here (on the monotonic clock)."""

    place: int
    document: dict[str, Any]
    at: float = 0.0


@dataclass(slots=True, eq=False)
class Browser:
    """A listener; ``is_late`` once its queue was full."""

    grant: feed.Grant
    queue: asyncio.Queue[Sent] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    is_late: bool = False

    def offer(self, sent: Sent) -> None:
        """Queue the event when it may be seen."""
        if self.is_late or not self.grant.shows(sent.document):
            return
        try:
            self.queue.put_nowait(sent)
        except asyncio.QueueFull:
            self.is_late = True


class Feed:
    """The last events, and everybody who listens."""

    def __init__(self) -> None:
        self.kept: deque[Sent] = deque(maxlen=KEPT)
        self.browsers: set[Browser] = set()
        self.channels = changes.Channels()
        self.is_following = False

    def take(self, message: Delivery) -> None:
        """Keep an event of the stream and offer it to everybody."""
        try:
            document = orjson.loads(message.content)
        except orjson.JSONDecodeError:
            return  # the subscribers make a dead letter of it
        if not isinstance(document, dict):
            return
        sent = Sent(message.standing().place, document, time.monotonic())
        self.kept.append(sent)
        for browser in self.browsers:
            browser.offer(sent)
        self.channels.take(sent.place, document)

    async def hint(self, message: Any) -> None:
        """Count in what a room says of things that change by the thousand; nothing of it is kept."""
        try:
            documents = orjson.loads(message.data)
        except orjson.JSONDecodeError:
            return
        for document in documents if isinstance(documents, list) else []:
            if isinstance(document, dict):
                self.channels.take(self.place, document)

    def missed(self, grant: feed.Grant, last: int | None) -> dict[str, list[str]]:
        """The sum of what a browser has not been told that saw ``last``, or comes for the first time."""
        if last is None:
            since = time.monotonic() - changes.RECENT_SECONDS
            return changes.summed(grant, (one.document for one in self.kept if one.at >= since))
        if last > self.place or (self.kept and last < self.kept[0].place - 1):
            return changes.ANYTHING  # of another stream, or longer ago than is kept
        return changes.summed(grant, (one.document for one in self.since(last)))

    @property
    def place(self) -> int:
        """The last place that was taken from the stream."""
        return self.kept[-1].place if self.kept else 0

    def since(self, place: int) -> list[Sent]:
        """What is kept after ``place``, oldest first."""
        return [sent for sent in self.kept if sent.place > place]

    async def follow(self) -> None:
        """Read the stream for ever; a broker that is away is waited for."""
        pause = 0.1
        while True:
            try:
                await self._read()
            except broker.TROUBLE as error:
                if self.is_following:
                    logger.warning("the feed waits for the broker: %s", error)
                    pause = 0.1
            self.is_following = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _read(self) -> None:
        client = await broker.connect("live")
        try:
            js = client.jetstream()
            _made, last = await broker.ensure_stream(js)
            if self.place > last:
                self.kept.clear()  # another stream took the name
            start = max(self.place, last - KEPT) + 1
            config = ConsumerConfig(
                filter_subject=f"{SUBJECT_PREFIX}>",
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=max(start, 1),
                ack_policy=AckPolicy.NONE,
                mem_storage=True,
                inactive_threshold=60.0,
            )
            info = await js.add_consumer(STREAM, config)
            pull = Pull(client, info.name)
            await pull.start(Tap(client))
            await client.subscribe(HINTS, cb=self.hint)
            self.is_following = True
            while True:
                for message in await pull.messages():
                    self.take(message)
        finally:
            await client.close()


def _line(sent: Sent, grant: feed.Grant) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (sent.place, orjson.dumps(grant.redacted(sent.document)))


async def _stream(shared: Feed, browser: Browser, last: int | None) -> AsyncIterator[bytes]:
    shared.browsers.add(browser)
    try:
        yield b"retry: 2000\n\n"
        done = shared.place if last is None else last
        for sent in shared.since(done) if last is not None else []:
            done = sent.place
            if browser.grant.shows(sent.document):
                yield _line(sent, browser.grant)
        end = asyncio.get_running_loop().time() + LONGEST_SECONDS
        while not browser.is_late and asyncio.get_running_loop().time() < end:
            try:
                sent = await asyncio.wait_for(browser.queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if sent.place > done:
                yield _line(sent, browser.grant)
    finally:
        shared.browsers.discard(browser)


async def _sums(shared: Feed, grant: feed.Grant, last: int | None) -> AsyncIterator[bytes]:
    channel, listener = shared.channels.join(grant)
    try:
        yield b"retry: 3000\n\n"
        # Told when it is empty too: whoever listens knows that it is heard.
        yield changes.line(shared.place, shared.missed(grant, last), shared.channels.count)
        end = asyncio.get_running_loop().time() + LONGEST_SECONDS
        while not listener.is_late and asyncio.get_running_loop().time() < end:
            try:
                yield await asyncio.wait_for(listener.queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
    finally:
        shared.channels.leave(channel, listener)


def _origins() -> set[str]:
    chosen = settings()
    hosts = [host.strip() for host in chosen.hosts.split(",") if host.strip()]
    scheme = "https" if chosen.https else "http"
    return {f"{scheme}://{host}" for host in hosts} | {f"{scheme}://{host}:{chosen.port}" for host in hosts}


def _headers(request: Request) -> dict[str, str]:
    headers = {"cache-control": "no-store", "x-accel-buffering": "no", "vary": "origin"}
    origin = request.headers.get("origin", "")
    if origin in _origins():
        headers["access-control-allow-origin"] = origin
    return headers


def _last_event(request: Request) -> int | None:
    text = request.headers.get("last-event-id") or request.query_params.get("last", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def build(shared: Feed) -> Starlette:
    """The application over a feed."""

    async def events(request: Request) -> Response:
        try:
            grant = feed.verify(request.query_params.get("grant", ""))
        except ProblemError as error:
            return JSONResponse(error.as_dict(), error.status, _headers(request), PROBLEM_TYPE)
        if request.query_params.get("changes"):
            content = _sums(shared, grant, _last_event(request))
        else:
            content = _stream(shared, Browser(grant), _last_event(request))
        return StreamingResponse(content, headers=_headers(request), media_type="text/event-stream")

    async def health(_request: Request) -> Response:
        status = "ok" if shared.is_following else "waiting"
        return JSONResponse({"status": status, "listeners": len(shared.browsers) + shared.channels.count})

    return Starlette(routes=[Route("/events", events), Route("/healthz", health)])


async def serve() -> None:
    """Follow the stream and serve browsers until told to end."""
    shared = Feed()
    server = Server(
        build(shared),
        address=settings().address,
        port=int(sys.argv[1]),
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
        backlog=1024,
        backpressure=LISTENERS,
    )
    following = asyncio.create_task(shared.follow())
    serving = asyncio.create_task(server.serve())
    stop = asyncio.Event()
    end_on(stop)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({following, serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    failed = following.exception() if following.done() else None
    following.cancel()
    for browser in shared.browsers:
        browser.is_late = True
    shared.channels.end()
    end: Callable[[], None] = server.stop
    end()
    await asyncio.wait({serving, following}, timeout=2)
    if failed is not None:
        logger.error("the stream is no longer followed", exc_info=failed)
    _leave(0 if failed is None else 1)


def _leave(status: int) -> NoReturn:
    """End at once: the server's threads still ask for Python, and hang or abort while it is taken down."""
    logging.shutdown()
    os._exit(status)


def main() -> None:
    """Serve until told to end."""
    logging.basicConfig(format="{levelname} {name}: {message}", style="{", level=logging.INFO)
    refuse_unsafe()
    asyncio.run(serve())


if __name__ == "__main__":
    main()
