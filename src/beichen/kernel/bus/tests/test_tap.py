"""The tap: however the broker's bytes are cut, each message arrives once, whole and in its order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nats.errors import ProtocolError

from beichen.kernel.bus import pull as pull_module
from beichen.kernel.bus.pull import BYTES_OVER, Delivery, EndedError, Pull
from beichen.kernel.bus.tap import Tap, _Splitter

HEADERS = b"NATS/1.0\r\nNmqtt-Pub:1\r\n\r\n"
Message = tuple[bytes, bytes, bytes, bytes]
WORD = st.sampled_from([b"a", b"v1.D-1.telemetry", b"$JS.ACK.s.c.1.7.3.1782900000000000000.0"])
MESSAGE = st.tuples(
    st.sampled_from([b"7", b"8"]),
    WORD,
    st.just(b"") | WORD,
    st.just(b"") | st.just(HEADERS),
    st.binary(max_size=40),
)


class Client:
    """What a splitter needs of a client."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, Message]] = []
        self.pings = 0
        self._ps: Any = None
        self._sid = 6
        self.published: list[bytes] = []

    async def _process_msg(
        self, number: int, subject: bytes, reply: bytes, content: bytes, headers: Any
    ) -> None:
        self.heard.append((number, (subject, reply, headers or b"", content)))

    async def _process_ping(self) -> None:
        self.pings += 1

    async def subscribe(self, _subject: str, **_how: Any) -> None:
        self._sid += 1

    def new_inbox(self) -> str:
        return "_INBOX.x"

    async def publish(self, _subject: str, content: bytes, **_how: Any) -> None:
        self.published.append(content)


def wire(number: bytes, subject: bytes, reply: bytes, headers: bytes, content: bytes) -> bytes:
    """A message as the server writes it."""
    words = [b"HMSG" if headers else b"MSG", subject, number, *([reply] if reply else [])]
    words += [b"%d" % len(headers)] if headers else []
    return b" ".join([*words, b"%d" % (len(headers) + len(content))]) + b"\r\n" + headers + content + b"\r\n"


@given(st.lists(MESSAGE, max_size=12), st.lists(st.integers(1, 60), max_size=30))
@settings(max_examples=150, deadline=None)
def test_messages_arrive_however_they_are_cut(messages: list[Any], cuts: list[int]) -> None:
    client, tapped = Client(), list[Message]()
    splitter = _Splitter(client)
    splitter.takers[b"7"] = lambda *message: tapped.append(message)
    stream = b"PING\r\n".join([b"", *(wire(*one) for one in messages), b""])

    async def story() -> None:
        at = 0
        for size in [*cuts, len(stream)]:
            await splitter.parse(stream[at : at + size])
            at += size

    asyncio.run(story())
    assert tapped == [tuple(rest) for number, *rest in messages if number == b"7"]
    assert client.heard == [(8, tuple(rest)) for number, *rest in messages if number == b"8"]
    assert client.pings == len(messages) + 1


@given(st.lists(MESSAGE, max_size=12), st.lists(st.integers(1, 60), max_size=30))
@settings(max_examples=60, deadline=None)
def test_only_messages_with_a_header_are_handed_over(messages: list[Any], cuts: list[int]) -> None:
    tapped, others = list[Message](), list[Message]()
    splitter = _Splitter(Client())
    splitter.takers = {b"7": lambda *one: tapped.append(one), b"8": lambda *one: others.append(one)}
    splitter.wanted[b"7"] = b"Nmqtt-Pub:1\r\n"
    stream = b"".join(wire(*one) for one in messages)

    async def story() -> None:
        at = 0
        for size in [*cuts, len(stream)]:
            await splitter.parse(stream[at : at + size])
            at += size

    asyncio.run(story())
    assert tapped == [tuple(rest) for number, *rest in messages if number == b"7" and rest[2]]
    assert others == [tuple(rest) for number, *rest in messages if number == b"8"]


def test_another_protocol_is_refused() -> None:
    with pytest.raises(ProtocolError):
        asyncio.run(_Splitter(Client()).parse(b"HTTP/1.1 400 Bad Request\r\n"))


def test_a_pull_takes_what_comes_and_knows_its_requests() -> None:
    client = Client()

    async def story() -> None:
        known: Any = client
        pull = Pull(known, "c", "s", batch=2, most_bytes=100)
        tap = Tap(known)
        await pull.start(tap)
        waiting = asyncio.create_task(pull.messages())
        await asyncio.sleep(0)
        assert [b'"batch":2' in one and b'"max_bytes":100' in one for one in client.published] == [True]
        for reason in sorted(BYTES_OVER):
            say = b"NATS/1.0 409 " + reason.encode() + b"\r\n\r\n"
            await client._ps.parse(wire(b"7", b"_INBOX.x", b"", say, b""))
        await client._ps.parse(
            wire(b"7", b"v1.D.telemetry", b"r", HEADERS, b"{}") + wire(b"7", b"b", b"r", b"", b"")
        )
        found = await waiting
        assert found == [Delivery(b"r", b"v1.D.telemetry", b"{}"), Delivery(b"r", b"b", b"")]
        assert found[0].subject == b"v1.D.telemetry"
        await client._ps.parse(wire(b"7", b"_INBOX.x", b"", b"NATS/1.0 409 Consumer Deleted\r\n\r\n", b""))
        with pytest.raises(EndedError, match="409 Consumer Deleted"):
            await pull.messages()

    asyncio.run(story())


class Quick(Client):
    """Has been answered when it has said something."""

    async def publish(self, _subject: str, content: bytes, **_how: Any) -> None:
        await super().publish(_subject, content, **_how)
        await self._ps.parse(wire(b"7", b"v1.D.telemetry", b"r", b"", b"{}"))


def test_what_comes_while_a_pull_asks_is_not_slept_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_module, "SILENCE_SECONDS", 0)  # who sleeps asks again

    async def story() -> int:
        known: Any = Quick()
        pull = Pull(known, "c", "s")
        await pull.start(Tap(known))
        assert await pull.messages() == [Delivery(b"r", b"v1.D.telemetry", b"{}")]
        return len(known.published)

    assert asyncio.run(story()) == 1
