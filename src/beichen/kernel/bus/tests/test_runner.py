"""The whole way of an event on a real broker: outbox, stream, subscriber, retry, dead letter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import system
from beichen.kernel.bus import broker, delivery, service, turn
from beichen.kernel.bus.event import STREAM, Event
from beichen.kernel.bus.models import InboxEntry, OutboxEvent, ParkedEvent, State, Subscription
from beichen.kernel.bus.relay import Relay
from beichen.kernel.bus.retry import Retry
from beichen.kernel.bus.runner import Bus
from beichen.kernel.bus.subscribers import Subscriber
from beichen.kernel.bus.tests.broker import DEADLINE_SECONDS, NatsServer

BY = system("test")
SOON = Retry(attempts=3, first=timedelta(milliseconds=1), jitter=0)
pytestmark = pytest.mark.django_db(transaction=True)


class Trace:
    """A handler that notes what it saw, and fails for the subjects it is told to."""

    def __init__(self, name: str = "test.trace", *patterns: str) -> None:
        self.seen: list[tuple[str, object]] = []
        self.failing: set[str] = set()
        self.subscriber = Subscriber(name, patterns or ("test.>",), self.handle)

    def handle(self, event: Event) -> None:
        if event.subject in self.failing:
            raise LookupError(f"no {event.subject}")
        self.seen.append((event.subject, event.data))


def publish(*drafts: tuple[str, object], event_type: str = "test.thing.happened") -> None:
    with transaction.atomic():
        service.publish_many([service.Draft(event_type, subject, data) for subject, data in drafts], by=BY)


def _has_seen(trace: Trace, count: int) -> bool:
    return len(trace.seen) >= count


async def reach(bus: Bus, condition: Callable[[], bool]) -> None:
    """Return when ``condition`` holds; it may use the database."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            if await bus.in_database(condition):
                return
            await asyncio.sleep(0.01)


def run_until(condition: Callable[[], bool], *traces: Trace, retry: Retry = SOON) -> None:
    """Run the bus until ``condition`` holds in the database or on the traces."""

    async def scenario() -> None:
        bus = Bus({t.subscriber.name: t.subscriber for t in traces}, retry=retry)
        stop = asyncio.Event()
        work = asyncio.create_task(bus.run(stop))
        await reach(bus, lambda: work.done() or condition())
        stop.set()
        await work

    asyncio.run(scenario())


def test_each_event_reaches_each_subscriber_once_and_in_order(nats_server: NatsServer) -> None:
    one, other = Trace("test.one", "test.thing.*"), Trace("test.other", "test.none.>", "test.thing.happened")
    publish(*((str(n % 7), n) for n in range(1200)))
    run_until(lambda: len(one.seen) == len(other.seen) == 1200, one, other)
    assert [data for _, data in one.seen] == [data for _, data in other.seen] == list(range(1200))
    assert not OutboxEvent.objects.filter(relayed_at=None).exists()
    assert InboxEntry.objects.count() == 2400
    publish(("7", "later"))
    run_until(lambda: len(one.seen) == len(other.seen) == 1201, one, other)
    assert one.seen[-1] == ("7", "later")


def test_a_failure_holds_up_its_own_subject_only_and_keeps_its_order(nats_server: NatsServer) -> None:
    trace = Trace()
    trace.failing = {"bad"}
    publish(("bad", 1), ("good", 1), ("bad", 2), ("good", 2), ("bad", 3))
    patient = Retry(attempts=50, first=timedelta(milliseconds=1), factor=1, jitter=0)
    run_until(lambda: ParkedEvent.objects.filter(attempts__gt=2).exists(), trace, retry=patient)
    assert trace.seen == [("good", 1), ("good", 2)]
    trace.failing = set()
    publish(("bad", 4))
    run_until(lambda: len(trace.seen) == 6, trace, retry=patient)
    assert [data for subject, data in trace.seen if subject == "bad"] == [1, 2, 3, 4]
    assert not ParkedEvent.objects.exists()


def test_the_last_failure_makes_a_dead_letter_and_lets_the_subject_go_on(nats_server: NatsServer) -> None:
    trace = Trace()
    trace.failing = {"bad"}
    publish(("bad", 1))
    run_until(lambda: ParkedEvent.objects.filter(state=State.DEAD).exists(), trace)
    letter = ParkedEvent.objects.get()
    assert (letter.attempts, letter.error) == (3, "LookupError: no bad")
    trace.failing = set()
    publish(("bad", 2))
    run_until(lambda: bool(trace.seen), trace)
    assert trace.seen == [("bad", 2)]


def test_what_is_no_event_becomes_a_dead_letter_as_it_came(nats_server: NatsServer) -> None:
    trace = Trace()

    async def intrude() -> None:
        client = await broker.connect("stranger")
        js = client.jetstream()
        await broker.ensure_stream(js)
        await js.publish("beichen.events.test.thing.happened", b"\xff not an event", stream=STREAM)
        await client.close()

    asyncio.run(intrude())
    publish(("good", 1))
    run_until(lambda: bool(trace.seen), trace)
    letter = ParkedEvent.objects.get()
    assert (letter.state, letter.is_readable) == (State.DEAD, False)
    assert "BUS-104 not JSON" in letter.error


def test_an_absent_broker_delays_and_loses_nothing(nats_server: NatsServer) -> None:
    trace = Trace()
    nats_server.kill()
    publish(("a", 1))

    async def scenario() -> None:
        bus = Bus({trace.subscriber.name: trace.subscriber})
        stop = asyncio.Event()
        work = asyncio.create_task(bus.run(stop))
        await asyncio.sleep(0)
        for expected in (1, 2, 3):
            await asyncio.to_thread(nats_server.start)
            await reach(bus, partial(_has_seen, trace, expected))
            await asyncio.to_thread(nats_server.kill)
            await bus.in_database(publish, ("a", expected + 1))
        stop.set()
        await work

    asyncio.run(scenario())
    assert trace.seen == [("a", 1), ("a", 2), ("a", 3)]


def test_a_store_that_was_lost_is_read_from_its_start(nats_server: NatsServer) -> None:
    trace = Trace()
    publish(*(("a", n) for n in range(5)))
    run_until(lambda: len(trace.seen) == 5, trace)
    nats_server.kill()
    nats_server.folder = nats_server.folder.with_name("empty")
    nats_server.folder.mkdir()
    nats_server.start()
    publish(("a", 5))
    run_until(lambda: len(trace.seen) == 6, trace)
    assert [data for _, data in trace.seen] == list(range(6))


def test_a_task_that_swallows_a_cancellation_is_cancelled_again(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the client library does in a publish that a cancellation meets: the bus ends all the same."""
    swallowed = []

    async def deaf(_self: Relay) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed.append(True)
        await asyncio.Event().wait()

    monkeypatch.setattr(Relay, "run", deaf)
    monkeypatch.setattr(turn, "INSIST_SECONDS", 0.01)

    async def scenario() -> None:
        stop = asyncio.Event()
        bus = Bus({})
        work = asyncio.create_task(bus.run(stop))
        await reach(bus, lambda: bool(bus._turn.tasks))
        stop.set()
        await work

    asyncio.run(scenario())
    assert swallowed == [True]


def test_a_batch_is_handled_in_parts_where_others_wait_for_the_lock(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "HOLD_SECONDS", 0.0)
    trace = Trace()
    trace.failing = {"bad"}
    publish(*(("bad" if n == 7 else f"good {n % 5}", n) for n in range(60)))

    def is_done() -> bool:
        seen = {data for _subject, data in trace.seen}
        return len(seen) >= 59 and ParkedEvent.objects.filter(state=State.DEAD).exists()

    run_until(is_done, trace)
    # what stood with the failing one in a transaction is handled again, without an effect
    assert list(dict.fromkeys(data for _, data in trace.seen)) == [n for n in range(60) if n != 7]
    assert InboxEntry.objects.filter(subscriber="test.trace").count() == 59


def _event(number: int) -> Event:
    return Event(f"{number}", "urn:test", "test.thing.happened", f"{number}", timezone.now(), number)


def test_there_is_always_some_progress_within_a_time() -> None:
    trace = Trace()
    Subscription.objects.create(name=trace.subscriber.name, stream="test")
    messages = [delivery.Message(n, _event(n).encode()) for n in range(1, 11)]
    dealt = []
    while messages:
        done = delivery.deliver(trace.subscriber, messages, now=timezone.now(), retry=SOON, seconds=0.0)
        dealt.append(done)
        messages = messages[done:]
    assert dealt == [4, 4, 2]
    assert [subject for subject, _ in trace.seen] == [str(n) for n in range(1, 11)]
