"""Deliveries of the stream: all of them, in their order, but for what nobody said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nats.js.api import ConsumerConfig

from beichen.kernel.bus.pull import Delivery
from beichen.platforms.iot.collecting import Collector, LostError, Taken, taken
from beichen.platforms.iot.topics import PROBE, telemetry

NOON = 1_782_907_200_000_000


def delivery(number: int, place: int, subject: str = "") -> Delivery:
    """As the server numbers it at the consumer and in the stream."""
    reply = f"$JS.ACK.$MQTT_msgs.c.1.{place}.{number}.{NOON * 1_000 + place * 1_000}.0"
    return Delivery(reply.encode(), (subject or telemetry("D-1")).encode(), b'{"level_m": 3}')


def test_messages_come_with_their_place_and_time() -> None:
    found = taken([delivery(5, 17), delivery(6, 19)], 5)
    subject = telemetry("D-1").encode()
    assert found == [Taken(place, NOON + place, subject, b'{"level_m": 3}') for place in (17, 19)]


def test_a_server_in_a_domain_says_more_words() -> None:
    plain = [delivery(5, 17), delivery(6, 19)]
    longer = [
        Delivery(one.reply.replace(b"$JS.ACK.", b"$JS.ACK.domain.hash."), one.subject, one.content)
        for one in plain
    ]
    assert taken(longer, 5) == taken(plain, 5)


def test_enough_is_not_waited_on_while_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beichen.platforms.iot.collecting.ENOUGH", 3)
    monkeypatch.setattr("beichen.platforms.iot.collecting.LINGER_SECONDS", 0.05)

    class Stream:
        """Two messages at a time, thrice; then none."""

        said = 0

        async def wires(self) -> list[Delivery]:
            if self.said == 6:
                await asyncio.sleep(3_600)
            self.said += 2
            return [delivery(self.said - 1, self.said - 1), delivery(self.said, self.said)]

    async def story(*, is_waited_for: bool) -> list[int]:
        collector = Collector(object(), object(), object())  # type: ignore[arg-type]
        collector._pull, collector.is_waited_for = Stream(), is_waited_for  # type: ignore[assignment]
        found = await collector.next()
        collector.close()
        return [one.place for one in found.messages]

    assert asyncio.run(story(is_waited_for=True)) == [1, 2, 3, 4]
    assert asyncio.run(story(is_waited_for=False)) == [1, 2, 3, 4, 5, 6]


def test_enough_is_given_as_soon_as_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when its time is over: that never comes here."""
    monkeypatch.setattr("beichen.platforms.iot.collecting.ENOUGH", 2)
    monkeypatch.setattr("beichen.platforms.iot.collecting.LINGER_SECONDS", 3_600)

    class Stream:
        """Two messages, then none."""

        is_told = False

        async def wires(self) -> list[Delivery]:
            if self.is_told:
                await asyncio.sleep(3_600)
            self.is_told = True
            return [delivery(1, 1), delivery(2, 2)]

    async def story() -> list[int]:
        collector = Collector(object(), object(), object())  # type: ignore[arg-type]
        collector._pull, collector.is_waited_for = Stream(), False  # type: ignore[assignment]
        following = asyncio.create_task(collector.next())
        await asyncio.wait({following}, timeout=0.05)
        assert not following.done(), "another batch is being written"
        collector.is_waited_for = True
        found = await following
        collector.close()
        return [one.place for one in found.messages]

    assert asyncio.run(story()) == [1, 2]


def test_what_nobody_said_is_nobodys_message() -> None:
    assert [
        one.place for one in taken([delivery(1, 1, PROBE), delivery(2, 2), delivery(3, 3, PROBE)], 1)
    ] == [2]
    assert taken([delivery(1, 1, PROBE)], 1) == []


@pytest.mark.parametrize(("numbers", "expected"), [([2, 3], 1), ([1, 3], 1), ([1, 2, 4], 1), ([1, 2], 2)])
def test_a_missing_delivery_is_noticed(numbers: list[int], expected: int) -> None:
    arrived = [delivery(number, number) for number in numbers]
    with pytest.raises(LostError, match="a delivery of the readings is missing"):
        taken(arrived, expected)


def test_the_server_is_asked_for_all_that_the_stream_holds() -> None:
    """One that is given several filters looks at every subject of a block of the stream for each message."""
    asked: list[ConsumerConfig] = []

    class Stream:
        async def add_consumer(self, _stream: str, config: ConsumerConfig) -> Any:
            asked.append(config)
            raise ConnectionError("this is all that is looked at")

    with pytest.raises(ConnectionError, match="looked at"):
        asyncio.run(Collector(object(), Stream(), object()).start(41))  # type: ignore[arg-type]
    (config,) = asked
    assert (config.opt_start_seq, config.filter_subject, config.filter_subjects) == (42, None, None)
