"""Deliveries of the stream: all of them, in their order, but for what nobody said."""

from __future__ import annotations

import asyncio
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nats.js.api import ConsumerConfig

from beichen.kernel.bus.pull import Delivery
from beichen.platforms.iot.collecting import (
    ENOUGH,
    LINGER_SECONDS,
    MOST_MESSAGES,
    PAUSE_SECONDS,
    SMALL,
    Collector,
    LostError,
    Taken,
    taken,
)
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


class Timeless(asyncio.SelectorEventLoop):
    """A loop whose clock goes on when nothing is left to be done: seconds pass at once, and exactly."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__()
        look: Any = self._selector.select  # type: ignore[attr-defined]

        def select(timeout: float | None = None) -> Any:
            self._passed += timeout or 0.0
            return look(0)

        self._selector.select = select  # type: ignore[attr-defined]

    def time(self) -> float:
        """Seconds that passed."""
        return self._passed


class Stream:
    """Brings so many messages at each of these seconds; then none."""

    def __init__(self, coming: list[tuple[float, int]]) -> None:
        self._coming, self._said = list(coming), 0

    async def wires(self) -> list[Delivery]:
        if not self._coming:
            await asyncio.sleep(10**6)
        second, number = self._coming.pop(0)
        await asyncio.sleep(max(0.0, second - asyncio.get_running_loop().time()))
        self._said += number
        return [delivery(one, one) for one in range(self._said - number + 1, self._said + 1)]


def closed(coming: list[tuple[float, int]], writing: float = 0.0) -> list[tuple[float, int]]:
    """When batches were closed, and of how many messages, each of which takes ``writing`` seconds."""

    async def story() -> list[tuple[float, int]]:
        collector, found = Collector(object(), object(), object()), list[tuple[float, int]]()  # type: ignore[arg-type]
        collector._pull = Stream(coming)  # type: ignore[assignment]

        async def take() -> int:
            number = len((await collector.next()).messages)
            found.append((round(asyncio.get_running_loop().time(), 6), number))
            return number

        left = sum(number for _second, number in coming) - await take()
        while left:
            collector.is_waited_for = False
            following = asyncio.create_task(take())
            await asyncio.sleep(writing)
            collector.is_waited_for = True
            left -= await following
        collector.close()
        return found

    with asyncio.Runner(loop_factory=Timeless) as runner:
        return runner.run(story())


def test_what_is_enough_is_given_at_once() -> None:
    assert closed([(1.0, ENOUGH)]) == [(1.0, ENOUGH)]


def test_while_another_is_written_a_batch_grows() -> None:
    """And is given as soon as it is waited for."""
    coming = [(1.0, ENOUGH), (1.5, ENOUGH), (2.0, 10), (2.9, ENOUGH)]
    assert closed(coming, writing=2.0) == [(1.0, ENOUGH), (3.0, 2 * ENOUGH + 10)]


def test_a_batch_that_is_full_grows_no_more() -> None:
    coming = [(1.0, ENOUGH), (1.5, MOST_MESSAGES), (1.6, 10)]
    assert closed(coming, writing=2.0) == [(1.0, ENOUGH), (1.5, MOST_MESSAGES), (5.0, 10)]


def test_a_pause_ends_what_was_said_together() -> None:
    assert closed([(1.0, 300), (1.01, 300)]) == [(1.01 + PAUSE_SECONDS, 600)]
    assert closed([(1.0, ENOUGH), (1.1, 700)], writing=0.5) == [(1.0, ENOUGH), (1.5, 700)], "it is over"


def test_what_goes_on_without_a_pause_is_closed_in_time() -> None:
    coming = [(1 + tick / 100, 5) for tick in range(60)]
    assert closed(coming)[0] == (1 + LINGER_SECONDS, 5 * 40)


GAPS = st.lists(
    st.tuples(st.sampled_from([0.001, 0.03, 0.1, 0.39, 0.41, 2.0]), st.integers(1, 9)), min_size=1
)


@given(GAPS | GAPS.map(lambda few: few * 20), st.sampled_from([0.0, 0.03]))
@example([(0.021, 1)] * 1_000, 0.0)
@settings(max_examples=60, deadline=None)
def test_devices_that_say_little_cost_few_batches(gaps: list[tuple[float, int]], writing: float) -> None:
    """Whatever the pauses: three at once, and then one in each 0.4 s; and nothing waits for longer."""
    seconds = accumulate((gap for gap, _number in gaps), initial=1.0)
    coming = [(second, number) for second, (_gap, number) in zip(seconds, gaps, strict=False)]
    batches = closed(coming, writing)
    times = [second for second, _number in batches]
    for first, second in enumerate(times):
        for last in range(first + SMALL, len(times)):
            allowed = SMALL + 1 + (times[last] - second) / LINGER_SECONDS
            assert last - first + 1 <= allowed + 1e-6
    came = [second for second, number in coming for _one in range(number)]
    for second, number in batches:
        assert second - came[0] <= LINGER_SECONDS + writing + 1e-6
        came = came[number:]
    assert not came


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
