"""Deliveries by the ten thousand: what comes for some subscriptions is read off the connection in bulk.

For each message the client library makes an object, parses headers, fills a queue and wakes a task: four
times the work of all that the gateway does with a reading. A tap splits the broker's protocol itself and
hands over, in their order, the messages of its own subscriptions as they lie there; what else comes goes
its usual way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nats.aio.client import Client
from nats.protocol.parser import Parser

END = b"\r\n"
_MESSAGES = (b"MSG", b"HMSG")
Take = Callable[[bytes, bytes, bytes, bytes], None]
"""Given a message's subject, reply subject, headers as they came, and content; it may not raise."""


def _parts(words: list[bytes]) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Of a first line: subject, subscription, reply subject, sizes of the headers and of the whole."""
    has_headers = words[0] == b"HMSG"
    reply = words[3] if len(words) == 5 + has_headers else b""
    return words[1], words[2], reply, words[-2] if has_headers else b"0", words[-1]


class _Splitter(Parser):
    """Stands where the client's parser stood; knows who takes which subscription's messages itself."""

    def __init__(self, client: Any) -> None:
        self.takers: dict[bytes, Take] = {}
        self.wanted: dict[bytes, bytes] = {}  # what the headers of a subscription's messages must hold
        self._held: list[bytes] = []
        self._missing = 0
        super().__init__(client)

    def reset(self) -> None:
        """Forget what came of a connection that is over."""
        super().reset()
        self._held, self._missing = [], 0

    async def parse(self, data: bytes = b"") -> None:
        """Split what came; the beginning of a message waits for its end."""
        if len(data) < self._missing:  # no use to look again
            self._held.append(data)
            self._missing -= len(data)
            return
        if self._held:
            data = b"".join((*self._held, data))
        at, self._missing = 0, 0
        while (stop := data.find(END, at)) >= 0:
            begin = stop + 2
            words = data[at:stop].split()
            if len(words) == 6 and words[0] == b"HMSG":  # as a stream delivers what came with headers: most
                _word, subject, number, reply, head, size = words
            elif words and words[0] in _MESSAGES:
                subject, number, reply, head, size = _parts(words)
            else:
                self.buf.extend(data[at:begin])
                await super().parse()
                at = begin
                continue
            end = begin + int(size)
            if len(data) < end + 2:
                self._missing = end + 2 - len(data)
                break
            content = begin + int(head)
            if number in self.wanted and data.find(self.wanted[number], begin, content) < 0:
                at = end + 2
                continue
            take = self.takers.get(number)
            if take is not None:
                take(subject, reply, data[begin:content], data[content:end])
            else:
                headers = data[begin:content] or None
                await self.nc._process_msg(int(number), subject, reply, data[content:end], headers)
            at = end + 2
        rest = data[at:]
        self._held = [rest] if rest else []


class Tap:
    """The bulk side of one connection, which is new: nothing is on its way to it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        before = client._ps
        self._splitter = before if isinstance(before, _Splitter) else _Splitter(client)
        client._ps = self._splitter

    async def open(self, subject: str, take: Take, *, only: bytes = b"") -> None:
        """Subscribe: from now on ``take`` gets each message whose headers hold ``only``, in the event loop's
        thread."""
        number = str(self._client._sid + 1).encode()  # of what is made now: a message may come at once
        self._splitter.takers[number] = take
        if only:
            self._splitter.wanted[number] = only
        await self._client.subscribe(subject, cb=_past_the_tap)


async def _past_the_tap(message: Any) -> None:
    raise RuntimeError(f"a message on {message.subject} came past the tap")
