"""The broker: where NATS is, how to reach it, and the stream that carries every event.

Knows nothing of the database, so that the live process can use it without Django.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from datetime import datetime

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from beichen.kernel.bus.event import STREAM, SUBJECT_PREFIX
from beichen.settings import settings

USER, OVERSEER = "beichen", "beichen-overseer"
CONNECT_SECONDS = 5.0
DUPLICATE_SECONDS = 600.0  # a relay that lost its answer publishes again well within this
TROUBLE = (NatsError, OSError, TimeoutError)  # what a broker that is away raises


def password() -> str:
    """The password of the embedded server: every process derives it from the secret key."""
    return hmac.new(settings().secret_key.encode(), b"beichen.nats", hashlib.sha256).hexdigest()


def address() -> str:
    """Where the servers listen, without credentials: fit for a log."""
    return ",".join(re.sub(r"//[^/@]*@", "//", url) for url in _urls())


def _urls() -> list[str]:
    chosen = settings()
    if chosen.nats_url.startswith("embedded:"):
        return [f"nats://127.0.0.1:{chosen.nats_port}"]
    return [url.strip() for url in chosen.nats_url.split(",")]


def replicas() -> int:
    """How many servers keep each stream: three, where the settings name as many."""
    return 3 if len(_urls()) >= 3 else 1


async def _ignore(_error: Exception) -> None:
    """Errors reach the caller that waits; nats-py would also write each to stderr."""


async def connect(name: str, user: str = USER) -> Client:
    """A connection that never mends itself: whoever uses it starts again from what the database says.

    As ``OVERSEER`` it sees the server itself, and no messages. Raises one of TROUBLE when the server is away.
    """
    urls = _urls()
    is_named = any(
        "@" in url for url in urls
    )  # who brings no name comes as servers of our configuration know us
    async with asyncio.timeout(CONNECT_SECONDS):
        return await nats.connect(
            urls,
            name=f"beichen {name}",
            user=None if is_named else user,
            password=None if is_named else password(),
            allow_reconnect=False,
            skip_subject_validation=True,  # types are checked where events are made
            connect_timeout=3,
            max_reconnect_attempts=1,  # of each server
            reconnect_time_wait=0.1,
            error_cb=_ignore,
        )


async def ensure_stream(js: JetStreamContext) -> tuple[str, int]:
    """Make sure that the stream is there; returns its identity (when it was made) and last sequence.

    A stream that an administrator made, with replicas or limits of their own, is left as it is.
    """
    try:
        info = await js.stream_info(STREAM)
    except NotFoundError:
        config = StreamConfig(
            name=STREAM,
            subjects=[f"{SUBJECT_PREFIX}>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            num_replicas=replicas(),
            duplicate_window=DUPLICATE_SECONDS,
            description="Events of Beichen; pruned when every subscriber has handled them",
        )
        info = await js.add_stream(config)
    created = getattr(info, "created", None)
    made = created.isoformat() if isinstance(created, datetime) else str(created or "")
    return made[:40], info.state.last_seq
