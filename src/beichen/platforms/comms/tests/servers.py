"""Servers for the tests: SMTP, HTTP, a push service that decrypts, a message centre that speaks SMPP 3.4."""

from __future__ import annotations

import secrets
import socket
import struct
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
import orjson
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from beichen.kernel.bus.tests.ports import free_port
from beichen.platforms.comms.vapid import decoded, encoded


class MailServer:
    """An SMTP server on a free port. ``answers`` are given to the letters in turn, then all are taken."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("unknown"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()


@dataclass
class Call:
    """A request that the gateway got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return orjson.loads(self.body)


class Gateway:
    """An HTTP server on a free port; ``answers`` (status, document) are given in turn, then 200."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: list[tuple[int, Any]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                gateway.calls.append(Call(self.path, dict(self.headers), body))
                status, document = (
                    gateway.answers.pop(0) if gateway.answers else (200, {"id": f"g{len(gateway.calls)}"})
                )
                content = orjson.dumps(document)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class PushService(Gateway):
    """A push service (RFC 8030) with one browser behind it, which alone reads what comes."""

    def __init__(self) -> None:
        super().__init__()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)

    def subscription(self, name: str = "a") -> dict[str, str]:
        """What the browser gives a page; ``name`` is one of its subscriptions."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"{self.url}/push/{name}", "p256dh": encoded(point), "auth": encoded(self._auth)}

    def read(self, call: Call) -> Any:
        """What the browser decrypts (RFC 8291)."""
        assert call.headers["Content-Encoding"] == "aes128gcm"
        content = http_ece.decrypt(
            call.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        return orjson.loads(content)

    def claims(self, call: Call) -> tuple[str, dict[str, Any]]:
        """Who says to have sent it, and what they signed (RFC 8292). Raises InvalidSignature."""
        scheme, _space, values = call.headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in values.split(","))
        signed, _dot, signature = parts["t"].rpartition(".")
        raw = decoded(signature)
        numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
        point.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(SHA256()))
        return parts["k"], orjson.loads(decoded(signed.partition(".")[2]))


@dataclass
class MessageCentre:
    """A message centre: answers bind, submit and unbind of SMPP 3.4; ``status`` is given to each submit."""

    status: int = 0
    bound: list[bytes] = field(default_factory=list)
    submitted: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with connection:
                while self._answer(connection):
                    pass

    def _answer(self, connection: socket.socket) -> bool:
        head = connection.recv(16, socket.MSG_WAITALL)
        if len(head) < 16:
            return False
        length, command, _status, sequence = struct.unpack(">IIII", head)
        body = connection.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""
        status, content = 0, b""
        if command == 0x02:
            self.bound.append(body)
            content = b"centre\0"
        elif command == 0x04:
            self.submitted.append(body)
            status, content = self.status, b"" if self.status else b"m%d\0" % len(self.submitted)
        connection.sendall(
            struct.pack(">IIII", 16 + len(content), command | 0x80000000, status, sequence) + content
        )
        return bool(command != 0x06)
