"""What receives notifications in tests: an HTTP endpoint, an MQTT broker of a few lines, and a clock."""

from __future__ import annotations

import http.server
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from beichen.kernel.bus.event import decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.registry.subscriptions.courier import Courier
from beichen.registry.subscriptions.matching import note
from beichen.registry.subscriptions.post import close_kept
from beichen.registry.tests.clients import Program

SUBSCRIPTION = "urn:ngsi-ld:Subscription:1"


@dataclass
class Clock:
    """A time that moves when it is told to."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class PostBox:
    """An HTTP endpoint that keeps what it was sent; ``status`` is what it answers."""

    uri: str = ""
    status: int = 204
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def ids(self) -> list[str]:
        """The entities that were told of, in order."""
        return [item["id"] for body in self.bodies for item in body["data"]]


@contextmanager
def post_box() -> Iterator[PostBox]:
    """A running endpoint on loopback."""
    box = PostBox()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.bodies.append(json.loads(body))
            box.headers.append(dict(self.headers))
            self.send_response(box.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    box.uri = f"http://127.0.0.1:{server.server_address[1]}/notify"
    try:
        yield box
    finally:
        close_kept()
        server.shutdown()
        thread.join()
        server.server_close()


def _packet(link: socket.socket) -> tuple[int, bytes]:
    head = link.recv(1)[0]
    length, shift = 0, 0
    while True:
        digit = link.recv(1)[0]
        length |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            break
    content = b""
    while len(content) < length:
        content += link.recv(length - len(content))
    return head, content


@contextmanager
def mqtt_broker(*, refuses: bool = False) -> Iterator[tuple[int, list[tuple[str, bytes, int, int]]]]:
    """A broker for one message: its port, and (topic, payload, QoS, version) of what came."""
    came: list[tuple[str, bytes, int, int]] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(60)

    def serve() -> None:
        link, _ = server.accept()
        with link:
            link.settimeout(60)
            _head, connect = _packet(link)
            version = connect[6]
            link.sendall(b"\x20\x03\x00\x87\x00" if refuses else b"\x20\x02\x00\x00")
            if refuses:
                return
            head, content = _packet(link)
            qos = head >> 1 & 3
            size = struct.unpack("!H", content[:2])[0]
            skip = 2 + size + (2 if qos else 0) + (1 if version == 5 else 0)
            came.append((content[2 : 2 + size].decode(), content[skip:], qos, version))
            if qos == 1:
                link.sendall(b"\x40\x02\x00\x01")
            if qos == 2:
                link.sendall(b"\x50\x02\x00\x01")
                assert _packet(link)[0] >> 4 == 6
                link.sendall(b"\x70\x02\x00\x01")
            assert _packet(link)[0] >> 4 == 14

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(server.getsockname()[1]), came
    finally:
        thread.join(60)
        server.close()


def pump(clock: Clock | None = None) -> int:
    """Give the registry's events that have not left to the matching, as the bus would."""
    rows = OutboxEvent.objects.filter(relayed_at=None).order_by("id")
    noted = 0
    for row in rows:
        if row.type.startswith("registry.object."):
            noted += note(decode(row.payload), clock() if clock else None)
    rows.update(relayed_at=datetime.now(UTC))
    return noted


def deliver(clock: Clock | None = None) -> int:
    """Match what happened and send what is due; returns how many letters left."""
    pump(clock)
    return Courier(now=clock).drain() if clock else Courier().drain()


def subscribe(program: Program, uri: str, status: int = 201, **members: Any) -> Any:
    """Subscribe to wells; ``notification`` adds to the notification."""
    notification = {"endpoint": {"uri": uri}, **members.pop("notification", {})}
    payload = {
        "id": SUBSCRIPTION,
        "type": "Subscription",
        "entities": [{"type": "Well"}],
        "notification": notification,
        **members,
    }
    response = program.send("POST", "subscriptions", payload)
    assert response.status_code == status, response.content
    return response
