"""A payment gateway for tests alone: a server that speaks the protocol and obeys the test."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from beichen.fronts.services.items.payment.http import HEADER, HttpGateway, signature, verify

SECRET = "a secret of the test's till, 32 and more characters"


class Till:
    """Orders by their codes; ``pay`` makes the payer pay; ``is_away`` makes it fall silent."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.refunds: list[str] = []
        self.is_away = False
        self.created = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/till"

    @property
    def gateway(self) -> HttpGateway:
        """Beichen's side of it."""
        return HttpGateway(self.url, SECRET)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def pay(self, code: str) -> None:
        """The payer pays."""
        self.orders[code]["state"] = "paid"
        self.orders[code]["paid_at"] = "2025-06-09T10:00:00+08:00"

    def notice(
        self, code: str, seconds: float | None = None, /, **changed: Any
    ) -> tuple[dict[str, str], bytes]:
        """A signed notice of how an order stands, or of what is ``changed``."""
        body = orjson.dumps({**self.orders[code], **changed})
        return {HEADER: signature(SECRET, int(seconds if seconds is not None else time.time()), body)}, body

    def _answer(self, method: str, path: str, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        parts = path.removeprefix("/till/orders").strip("/").split("/")
        code = parts[0]
        if method == "POST" and not code:
            known = self.orders.get(told["code"])
            self.created += known is None
            found = self.orders.setdefault(
                told["code"],
                {"code": told["code"], "amount": told["amount"], "state": "waiting", "reference": "R-1"},
            )
            return 200, {"url": f"https://pay.example/{found['code']}", "reference": "R-1"}
        if code not in self.orders:
            return 404, {}
        if method == "POST":
            if self.orders[code]["state"] != "refunded":
                self.refunds.append(code)
            self.orders[code]["state"] = "refunded"
        return 200, self.orders[code]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        till = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                told: dict[str, Any] = {}
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                signed = body or self.path.removeprefix("/till").encode()
                if not verify(SECRET, self.headers.get(HEADER, ""), signed, time.time()):
                    status = 401
                elif till.is_away:
                    status = 503
                else:
                    status, told = till._answer(self.command, self.path, orjson.loads(body or b"{}"))
                content = orjson.dumps(told)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _serve  # noqa: N815 - the names of http.server

            def log_message(self, *_given: Any) -> None:
                """Say nothing."""

        return Handler
