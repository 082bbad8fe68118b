"""A gateway that is asked over HTTPS with signed JSON.

``POST URL/orders`` ``{"code", "amount", "about", "expires_at", "back"}`` → ``{"url", "reference"}``;
``GET URL/orders/CODE`` → ``{"code", "state", "amount", "reference", "paid_at"}`` or 404;
``POST URL/orders/CODE/refund`` ``{"amount", "reason"}`` → the same. Both sides sign with
``X-Beichen-Signature: t=SECONDS,v1=HEX``, the HMAC-SHA256 of ``SECONDS.BODY`` by the shared secret; of a
GET the body is its path. A notice is what a query gives, posted and signed by the gateway; it counts for five
minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from beichen.fronts.services.items.payment.gateway import Opened, Order, Paid, Standing
from beichen.fronts.services.items.problems import FORGED, GATEWAY_AWAY, UNSAFE_GATEWAY
from beichen.problem import Problem, ProblemError, Where, said, shorten

TIMEOUT_SECONDS = 10.0
NOTICE_SECONDS = 300
BYTES = 64 << 10
HEADER = "X-Beichen-Signature"
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})\Z")
_LOCAL = ("localhost", "127.0.0.1", "::1")


def signature(secret: str, seconds: int, body: bytes) -> str:
    """What shows that a body is of one who knows the secret, and of this time."""
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def verify(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether a signature is of this body, this secret and the last :data:`NOTICE_SECONDS`."""
    found = _FORM.match(header.strip())
    if found is None or abs(now - int(found[1])) > NOTICE_SECONDS:
        return False
    return hmac.compare_digest(signature(secret, int(found[1]), body), header.strip())


class HttpGateway:
    """The gateway at an address. Raises ProblemError SRV-417 for one that cannot be used."""

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        if not is_safe or not parts.hostname or len(secret) < 16:
            hint = said("https://… with BEICHEN_PAYMENT_SECRET of 16 characters or more")
            raise ProblemError(Problem(UNSAFE_GATEWAY, said("the gateway's address is not safe"), hint=hint))
        self._url, self._secret = url.rstrip("/"), secret

    def create(self, order: Order) -> Opened:
        """Open an order."""
        told = self._ask(
            "POST",
            "/orders",
            {
                "code": order.code,
                "amount": order.amount,
                "about": order.about,
                "expires_at": order.expires_at.isoformat(),
                "back": order.back,
            },
        )
        url, reference = str(told.get("url", "")), str(told.get("reference", ""))
        if urlsplit(url).scheme not in ("https", "http") or len(url) > 500 or len(reference) > 100:
            raise away(said("it gave no address at which to pay"))
        return Opened(url, reference)

    def query(self, code: str) -> Standing | None:
        """How an order stands."""
        told = self._ask("GET", f"/orders/{code}", None, is_missing_known=True)
        return standing(told) if told else None

    def refund(self, code: str, amount: int, reason: str) -> Standing:
        """Give it back."""
        return standing(
            self._ask("POST", f"/orders/{code}/refund", {"amount": amount, "reason": reason[:200]})
        )

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Standing:
        """A notice, when it is the gateway's and new."""
        if len(body) > BYTES or not verify(self._secret, headers.get(HEADER, ""), body, now.timestamp()):
            raise ProblemError(Problem(FORGED, said("the signature is not the gateway's, or too old")))
        try:
            return standing(orjson.loads(body))
        except (orjson.JSONDecodeError, ProblemError):
            raise ProblemError(Problem(FORGED, said("the notice cannot be read"))) from None

    def _ask(
        self, method: str, path: str, values: Mapping[str, Any] | None, *, is_missing_known: bool = False
    ) -> dict[str, Any]:
        import httpx

        body = orjson.dumps(values) if values is not None else b""
        signed = signature(self._secret, int(time.time()), body or path.encode())
        headers = {HEADER: signed, "Content-Type": "application/json"}
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
                answer = client.request(method, f"{self._url}{path}", content=body or None, headers=headers)
        except httpx.HTTPError as error:
            raise away(str(error) or type(error).__name__) from error
        if is_missing_known and answer.status_code == 404:
            return {}
        if not answer.is_success or len(answer.content) > BYTES:
            raise away(f"{answer.status_code}")
        try:
            told = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            raise away(said("it answered no JSON")) from None
        return told if isinstance(told, dict) else {}


def standing(told: Any) -> Standing:
    """What a gateway says of an order. Raises ProblemError SRV-412 for what says nothing."""
    try:
        paid_at = told.get("paid_at")
        return Standing(
            str(told["code"])[:32],
            Paid(told["state"]),
            int(told["amount"]),
            str(told.get("reference", ""))[:100],
            datetime.fromisoformat(paid_at) if paid_at else None,
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise away(said("it said nothing of the order")) from None


def away(reason: str) -> ProblemError:
    """The gateway cannot be asked."""
    message = shorten(said("the payment gateway: {reason}", reason=reason[:60]))
    return ProblemError(Problem(GATEWAY_AWAY, message, Where(), said("try again in a few minutes")))
