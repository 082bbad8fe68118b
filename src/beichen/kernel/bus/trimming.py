"""What the stream forgets: messages that every subscriber has passed and that are a week old."""

from __future__ import annotations

from datetime import datetime, timedelta

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from beichen.kernel.bus.event import STREAM
from beichen.kernel.bus.models import Subscription

KEEP = timedelta(days=7)


def lowest_position(names: list[str]) -> int:
    """How far the slowest of the subscribers has come."""
    positions = dict(Subscription.objects.filter(name__in=names).values_list("name", "position"))
    return min((positions.get(name, 0) for name in names), default=0)


async def _first_since(js: JetStreamContext, moment: datetime, last: int) -> int:
    """The place of the first message that is not older than ``moment``."""
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_TIME,
        opt_start_time=moment,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        inactive_threshold=5.0,
    )
    consumer = await js.add_consumer(STREAM, config)
    await js.delete_consumer(STREAM, consumer.name)
    return last - int(consumer.num_pending or 0) + 1


async def trim(js: JetStreamContext, lowest: int, now: datetime) -> int:
    """Remove messages before ``lowest`` that are older than a week; returns the first place that stays."""
    info = await js.stream_info(STREAM)
    stays = min(lowest + 1, await _first_since(js, now - KEEP, info.state.last_seq))
    if stays > info.state.first_seq:
        await js.purge_stream(STREAM, seq=stays)
    return stays
