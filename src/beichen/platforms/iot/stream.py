"""The broker's stream of what devices sent: made by the house before the first device may come.

The server makes one by itself that keeps a message only as long as some MQTT session wants it. Ours keeps
every message until it is in the tables, and refuses new ones when it is full: then nothing is acknowledged.
"""

from __future__ import annotations

from datetime import datetime

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from beichen.kernel.bus import broker
from beichen.platforms.iot.topics import KEPT, STREAM


async def ensure(js: JetStreamContext, *, most_bytes: int = -1) -> tuple[str, int, int]:
    """Make sure that the stream is there; returns its identity (when it was made), first and last sequence.

    One that the server made, or an administrator, is brought to keep messages until they are read.
    """
    try:
        info = await js.stream_info(STREAM)
        if info.config.retention != RetentionPolicy.LIMITS:
            # The way of keeping cannot be changed; what the old one held, some session had or nobody wanted.
            await js.delete_stream(STREAM)
            raise NotFoundError
    except NotFoundError:
        config = StreamConfig(
            name=STREAM,
            subjects=[f"{KEPT}>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            num_replicas=broker.replicas(),
            max_bytes=most_bytes,
            description="What devices sent over MQTT; removed when it is in the tables",
        )
        info = await js.add_stream(config)
    created = getattr(info, "created", None)
    made = created.isoformat() if isinstance(created, datetime) else str(created or "")
    return made[:40], info.state.first_seq, info.state.last_seq
