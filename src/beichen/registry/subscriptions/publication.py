"""Sending a notification over MQTT (clause 7): one connection, one message, acknowledged as its QoS says.

A publisher needs four packets of MQTT 3.1.1 and 5.0. The public clients connect by name, and so could be
led to another address than the one that was checked.
"""

from __future__ import annotations

import secrets
import socket
import ssl
import struct
from contextlib import closing
from urllib.parse import unquote, urlsplit

from beichen.registry.subscriptions.endpoint import SCHEMES, resolve
from beichen.registry.subscriptions.post import DeliveryError

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT = 1, 2, 3, 4, 5, 6, 7, 14
PACKET_ID = 1
KEEP_ALIVE = 60
PACKET_BYTES = 64 * 1024
REFUSED = 0x80  # reason codes from here on are failures (MQTT 5.0, 2.4)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("!H", len(encoded)) + encoded


def _length(number: int) -> bytes:
    found = bytearray()
    while True:
        number, digit = divmod(number, 128)
        found.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(found)


def _packet(kind: int, flags: int, content: bytes) -> bytes:
    return bytes([kind << 4 | flags]) + _length(len(content)) + content


def _exactly(link: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = link.recv(count - len(found))
        if not part:
            raise DeliveryError("the broker closed the connection")
        found += part
    return found


def _receive(link: socket.socket, kind: int) -> bytes:
    """The content of the next packet. Raises DeliveryError when it is of another kind."""
    head = _exactly(link, 1)[0]
    length, shift = 0, 0
    while True:
        digit = _exactly(link, 1)[0]
        length |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            break
        if shift > 21:
            raise DeliveryError("the broker sends a malformed packet")
    if length > PACKET_BYTES:
        raise DeliveryError("the broker sends a packet that is too long")
    content = _exactly(link, length)
    if head >> 4 != kind:
        raise DeliveryError(f"the broker sends packet {head >> 4} instead of {kind}")
    return content


def _acknowledged(link: socket.socket, kind: int) -> None:
    content = _receive(link, kind)
    if len(content) > 2 and content[2] >= REFUSED:
        raise DeliveryError(f"the broker refuses with reason {content[2]}")


def _connect(link: socket.socket, version: int, user: str | None, password: str | None) -> None:
    flags = 0x02 | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    content = _text("MQTT") + struct.pack("!BBH", version, flags, KEEP_ALIVE)
    content += b"\x00" if version == 5 else b""
    content += _text(f"beichen-{secrets.token_hex(6)}")
    for value in (user, password):
        content += _text(value) if value is not None else b""
    link.sendall(_packet(CONNECT, 0, content))
    answer = _receive(link, CONNACK)
    if len(answer) < 2 or answer[1] != 0:
        raise DeliveryError(f"the broker refuses the connection with code {answer[1:2].hex()}")


def publish(uri: str, body: bytes, version: int, qos: int, timeout: float) -> None:
    """Send ``body`` to the topic of ``uri``. Raises DeliveryError, ProblemError REG-114.

    ``version`` is 4 (MQTT 3.1.1) or 5.
    """
    parts = urlsplit(uri)
    host, port = parts.hostname or "", parts.port or SCHEMES[parts.scheme]
    user = unquote(parts.username) if parts.username is not None else None
    password = unquote(parts.password) if parts.password is not None else None
    try:
        opened = socket.create_connection((resolve(host, port), port), timeout)
        if parts.scheme == "mqtts":
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        with closing(opened) as link:
            link.settimeout(timeout)
            _connect(link, version, user, password)
            content = _text(unquote(parts.path.lstrip("/")))
            content += struct.pack("!H", PACKET_ID) if qos else b""
            content += b"\x00" if version == 5 else b""
            link.sendall(_packet(PUBLISH, qos << 1, content + body))
            if qos == 1:
                _acknowledged(link, PUBACK)
            elif qos == 2:
                _acknowledged(link, PUBREC)
                link.sendall(_packet(PUBREL, 2, struct.pack("!H", PACKET_ID)))
                _acknowledged(link, PUBCOMP)
            link.sendall(_packet(DISCONNECT, 0, b""))
    except (OSError, struct.error) as error:
        raise DeliveryError(f"{type(error).__name__}: {error}"[:200]) from error
