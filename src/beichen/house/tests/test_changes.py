"""Sums of what changed: who is told of what, in how many lines, and what is told to who comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.house import changes
from beichen.house.live import KEPT, Feed, Sent
from beichen.house.tests.listening import live_process
from beichen.kernel.bus import broker, feed
from beichen.kernel.bus.event import HINTS, SUBJECT_PREFIX

CITY, SOUTH, NORTH = "/22/2201/", "/22/2201/220102/", "/22/2201/220103/"
EVERY = (">",)


def grant(*reaches: tuple[str, int], patterns: tuple[str, ...] = EVERY) -> feed.Grant:
    """Who may see events up to levels in regions."""
    return feed.Grant(patterns, tuple(feed.Reach(*one) for one in reaches), time.time() + 60)


def event(kind: str, region: str = "", level: int = 1, **data: Any) -> dict[str, Any]:
    """An event as it is on the bus."""
    return {"type": kind, "region": region, "level": level, "subject": "GD-SECRET", "data": data}


def sums(listener: changes.Listener) -> list[dict[str, list[str]]]:
    """All sums that wait for a listener."""
    lines = [listener.queue.get_nowait() for _number in range(listener.queue.qsize())]
    return [orjson.loads(one.split(b"data: ")[1])["changed"] for one in lines]


def test_a_second_of_events_is_one_line_for_all_who_may_see_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(changes, "SOON_SECONDS", 0.0)

    async def run() -> None:
        channels = changes.Channels()
        first, one = channels.join(grant((SOUTH, 2)))
        second, other = channels.join(grant((SOUTH, 2)))
        third, city = channels.join(grant(("", 1), (CITY, 2)))
        assert first is second
        assert third is not first
        for number in range(200):
            channels.take(number, event("events.case.opened", SOUTH, 2))
        channels.take(200, event("events.case.opened", NORTH, 2))
        channels.take(201, event("data.value.recorded", indicators=["pm", "gdp"]))
        channels.take(202, event("events.case.closed", SOUTH, 3))
        await asyncio.sleep(0.01)
        assert one.queue.qsize() == 1
        assert one.queue.get_nowait() is other.queue.get_nowait(), "the same bytes"
        assert sums(city) == [{"data.value.recorded": ["gdp", "pm"], "events.case.opened": []}]
        channels.leave(first, one)
        channels.leave(first, other)
        assert channels.count == 1

    asyncio.run(run())


def test_a_type_about_too_much_is_about_anything() -> None:
    found = changes.Sum()
    found.add(event("data.value.recorded", indicators=[f"i{number}" for number in range(200)]))
    found.add(event("data.value.recorded", indicators=["gdp"]))
    found.add(event("iot.thing.measured", type="well"))
    assert found.as_dict() == {"data.value.recorded": [], "iot.thing.measured": ["well"]}


PLACES = st.sampled_from(["", CITY, SOUTH, NORTH])
EVENTS = st.builds(
    event,
    st.sampled_from(["events.case.opened", "data.value.recorded", "registry.object.changed"]),
    PLACES,
    st.integers(1, 4),
    type=st.sampled_from(["well", "lamp"]),
)


@given(st.lists(EVENTS, max_size=20), st.lists(st.tuples(PLACES, st.integers(1, 4)), min_size=1, max_size=3))
def test_nothing_is_told_that_the_grant_does_not_show(
    events: list[dict[str, Any]], reaches: list[tuple[str, int]]
) -> None:
    one = grant(*reaches, patterns=("events.case.>", "registry.object.changed"))
    seen = [document for document in events if one.shows(document)]
    found = changes.summed(one, events)
    assert set(found) == {document["type"] for document in seen}
    assert "GD-SECRET" not in str(found), "no subject is told"
    assert "data.value.recorded" not in found, "nor what was not asked for"


def test_who_comes_back_is_told_what_was_missed_or_that_it_may_be_anything() -> None:
    shared, one = Feed(), grant(("", 1))
    assert shared.missed(one, None) == {}
    now = time.monotonic()
    old = Sent(10, event("plan.fact.corrected"), now - changes.RECENT_SECONDS - 1)
    shared.kept.extend([old, Sent(11, event("geo.layers.changed"), now)])
    assert shared.missed(one, None) == {"geo.layers.changed": []}, "an answer may be kept for so long"
    assert shared.missed(one, 10) == {"geo.layers.changed": []}
    assert shared.missed(one, 9) == {"geo.layers.changed": [], "plan.fact.corrected": []}
    assert shared.missed(one, 3) == changes.ANYTHING, "longer ago than is kept"
    assert shared.missed(one, 99) == changes.ANYTHING, "of a stream that is gone"
    assert KEPT >= 1000


def test_who_cannot_keep_up_is_let_go() -> None:
    listener = changes.Listener()
    for number in range(changes.QUEUE + 1):
        listener.offer(b"%d" % number)
    assert listener.is_late


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a live process."""
    with live_process(tmp_path, monkeypatch) as port:
        yield port


async def _said(events: list[dict[str, Any]], hints: list[dict[str, Any]]) -> None:
    client = await broker.connect("test")
    for document in events:
        await client.jetstream().publish(f"{SUBJECT_PREFIX}test", orjson.dumps(document))
    await client.publish(HINTS, orjson.dumps(hints))
    await client.flush()
    await client.close()


def test_a_real_process_tells_sums_of_events_and_hints_within_rights(live: int) -> None:
    token = feed.sign(grant((SOUTH, 2)))
    connection = HTTPConnection("127.0.0.1", live, timeout=90)
    connection.request("GET", f"/events?changes=1&grant={token}")
    answer = connection.getresponse()
    lines = iter(answer)
    _until(lines, b"data:")  # that it is heard
    events = [event("events.case.opened", SOUTH, 2), event("events.case.closed", NORTH, 2)]
    hints = [event("iot.thing.measured", SOUTH, 1, type="well"), event("iot.thing.measured", "", 1)]
    asyncio.run(_said([*events] * 50, hints))
    found: dict[str, list[str]] = {}
    count = 0
    while {"events.case.opened", "iot.thing.measured"} - found.keys():
        told = orjson.loads(_until(lines, b"data:").removeprefix(b"data: "))
        assert told["listeners"] == 1
        found |= told["changed"]
        count += 1
    answer.close()
    connection.close()
    assert found == {"events.case.opened": [], "iot.thing.measured": ["well"]}
    assert count <= 5, "a hundred events are a few lines"


def test_hundreds_listen_at_once(live: int) -> None:
    token = feed.sign(grant((SOUTH, 2)))
    with ExitStack() as held:
        for _number in range(300):
            connection = held.enter_context(closing(HTTPConnection("127.0.0.1", live, timeout=90)))
            connection.request("GET", f"/events?changes=1&grant={token}")
            _until(iter(held.enter_context(connection.getresponse())), b"data:")


def _until(lines: Iterator[bytes], start: bytes) -> bytes:
    return next(line for line in lines if line.startswith(start))
