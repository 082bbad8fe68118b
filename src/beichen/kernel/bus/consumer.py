"""From the stream to a subscriber: one durable pull consumer, strictly in order, nothing skipped.

Where a subscriber stands is kept in the database, beside its effects. The consumer in JetStream is
placed there again at every start and whenever its numbering shows that a delivery went missing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from django.db import connection
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from beichen.kernel.bus import delivery
from beichen.kernel.bus.delivery import Message
from beichen.kernel.bus.event import STREAM, SUBJECT_PREFIX
from beichen.kernel.bus.models import Subscription
from beichen.kernel.bus.pull import BATCH, Delivery, Pull
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.subscribers import Subscriber
from beichen.kernel.bus.tap import Tap

ACK_SECONDS = 3600.0  # redelivery is our own business: see the module's docstring
logger = logging.getLogger(__name__)
InDatabase = Callable[..., Awaitable[Any]]


def place(name: str, stream: str, last: int) -> int:
    """Where ``name`` stands in the stream made at ``stream`` whose last message is ``last``.

    A stream that was lost and made anew is read from its start; one that lost its end (power cut) is
    read from where it now ends. The inbox drops what comes twice.
    """
    row, _created = Subscription.objects.get_or_create(name=name, defaults={"stream": stream})
    position = row.position if row.stream == stream else 0
    position = min(position, last)
    if (row.position, row.stream) != (position, stream):
        Subscription.objects.filter(name=name).update(position=position, stream=stream)
    return position


class Consumer:
    """Reads the stream for one subscriber."""

    def __init__(
        self,
        to: Subscriber,
        client: Client,
        tap: Tap,
        in_database: InDatabase,
        *,
        clock: Callable[[], datetime],
        retry: Retry,
    ) -> None:
        self._to = to
        self._client = client
        self._tap = tap
        self._js: JetStreamContext = client.jetstream()
        self._in_database = in_database
        self._clock = clock
        self._retry = retry
        self._expected = 1

    async def _rewind(self, stream: str, last: int) -> Pull:
        stands = await self._in_database(place, self._to.name, stream, last)
        try:
            await self._js.delete_consumer(STREAM, self._to.durable)
        except NotFoundError:
            logger.debug("%s reads for the first time", self._to.name)
        config = ConsumerConfig(
            durable_name=self._to.durable,
            filter_subjects=[SUBJECT_PREFIX + pattern for pattern in self._to.patterns],
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=stands + 1,
            ack_policy=AckPolicy.ALL,
            ack_wait=ACK_SECONDS,
            max_ack_pending=4 * BATCH,
        )
        await self._js.add_consumer(STREAM, config)
        self._expected = 1
        pull = Pull(self._client, self._to.durable)
        await pull.start(self._tap)
        return pull

    def _is_whole(self, messages: list[Delivery]) -> bool:
        first, last = messages[0].standing().number, messages[-1].standing().number
        return first == self._expected and last == first + len(messages) - 1

    async def run(self, stream: str, last: int) -> None:
        """Read and handle for ever. Raises what the broker or the database raises when it is away."""
        pull = await self._rewind(stream, last)
        while True:
            messages = await pull.messages()
            if not self._is_whole(messages):
                logger.warning("%s: a delivery went missing; reading again", self._to.name)
                info = await self._js.stream_info(STREAM)
                pull = await self._rewind(stream, info.state.last_seq)
                continue
            self._expected += len(messages)
            await self._handle(messages)

    async def _handle(self, messages: list[Delivery]) -> None:
        batch = [Message(message.standing().place, message.content) for message in messages]
        seconds = delivery.HOLD_SECONDS if connection.vendor == "sqlite" else None
        while batch:
            done = await self._in_database(
                delivery.deliver, self._to, batch, now=self._clock(), retry=self._retry, seconds=seconds
            )
            batch = batch[done:]
        await self._client.publish(messages[-1].reply.decode())  # an empty answer acknowledges
