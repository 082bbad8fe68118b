"""Sending a notification over HTTP or HTTPS (clause 6.3.8): one POST, no redirects, an answer that is 2xx.

The address that was checked is the one that is connected to, so that a name cannot lead elsewhere the
second time it is asked for. Connections are kept for the next notification, one for each thread and host.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections import OrderedDict
from urllib.parse import urlsplit

from beichen.registry.subscriptions.endpoint import SCHEMES, resolve

KEEP_SECONDS = 30.0
KEEP_CONNECTIONS = 32
ANSWER_BYTES = 64 * 1024
_kept = threading.local()


class DeliveryError(Exception):
    """Why a notification did not arrive, in words for the subscription's owner."""


class _Connection(http.client.HTTPConnection):
    """Connects to a checked address; TLS names the host."""

    def __init__(self, host: str, port: int, timeout: float, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self.is_secure = is_secure
        self.opened_at = time.monotonic()

    def connect(self) -> None:
        """Open the socket. Raises OSError, ProblemError REG-114."""
        address = resolve(self.host, self.port)
        opened: socket.socket = socket.create_connection((address, self.port), self.timeout)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.is_secure:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=self.host)
        self.sock = opened


def _pool() -> OrderedDict[tuple[str, str, int], _Connection]:
    pool = getattr(_kept, "pool", None)
    if pool is None:
        pool = _kept.pool = OrderedDict()
    return pool


def close_kept() -> None:
    """Close the connections that this thread keeps."""
    pool = _pool()
    while pool:
        pool.popitem()[1].close()


def _take(key: tuple[str, str, int], timeout: float) -> tuple[_Connection, bool]:
    """A connection, and whether it was used before."""
    kept = _pool().pop(key, None)
    if kept is not None and kept.sock is not None and time.monotonic() - kept.opened_at < KEEP_SECONDS:
        kept.sock.settimeout(timeout)
        return kept, True
    if kept is not None:
        kept.close()
    scheme, host, port = key
    return _Connection(host, port, timeout, is_secure=scheme == "https"), False


def _give_back(key: tuple[str, str, int], connection: _Connection) -> None:
    pool = _pool()
    pool[key] = connection
    while len(pool) > KEEP_CONNECTIONS:
        pool.popitem(last=False)[1].close()


def _ask(connection: _Connection, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bool]:
    """The status of the answer, and whether the connection can be used again."""
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    rest = answer.read(ANSWER_BYTES)
    return answer.status, not answer.will_close and len(rest) < ANSWER_BYTES


def post(uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:
    """Send. Raises DeliveryError, ProblemError REG-114 for an address that is not allowed."""
    parts = urlsplit(uri)
    key = (parts.scheme, parts.hostname or "", parts.port or SCHEMES[parts.scheme])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection, is_used = _take(key, timeout)
    try:
        try:
            status, is_kept = _ask(connection, path, body, headers)
        except (http.client.HTTPException, OSError):
            connection.close()
            if not is_used:
                raise
            # The other side may close a kept connection at any time; a new one tells what is the matter.
            connection = _Connection(*key[1:], timeout, is_secure=parts.scheme == "https")
            status, is_kept = _ask(connection, path, body, headers)
    except (http.client.HTTPException, OSError, ValueError) as error:
        connection.close()
        raise DeliveryError(f"{type(error).__name__}: {error}"[:200]) from error
    if is_kept:
        _give_back(key, connection)
    else:
        with contextlib.suppress(OSError):
            connection.close()
    if not 200 <= status < 300:
        raise DeliveryError(f"the endpoint answers {status}")
