"""The peer of :mod:`bench.screens`: bare server-sent events of the same server: a line for all."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

listeners: set[asyncio.Queue[bytes]] = set()


async def _lines() -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    listeners.add(queue)
    try:
        yield b"retry: 3000\n\n"
        while True:
            yield await queue.get()
    finally:
        listeners.discard(queue)


async def events(_request: Request) -> Response:
    """The stream."""
    return StreamingResponse(_lines(), media_type="text/event-stream")


async def tell(request: Request) -> Response:
    """The same bytes to everybody."""
    content = await request.body()
    for queue in listeners:
        queue.put_nowait(content)
    return PlainTextResponse("told")


async def main() -> None:
    """Serve until killed."""
    routes = [Route("/events", events), Route("/tell", tell, methods=["POST"])]
    app = Starlette(routes=routes)
    await Server(
        app,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGINL,
        log_enabled=False,
        backpressure=10_000,
    ).serve()


if __name__ == "__main__":
    asyncio.run(main())
