"""Text messages (BEICHEN_SMS_URL): a gateway that is asked over HTTP, or a message centre over SMPP.

HTTP: ``POST`` of JSON ``{"id", "to", "text", "language"}``; ``{to}`` and ``{id}`` in the address are filled
in. With BEICHEN_SMS_SECRET, ``X-Beichen-Signature: t=SECONDS,v1=HEX`` is the HMAC-SHA256 of
``SECONDS.BODY``. Any 2xx is taken; ``id`` of a JSON answer is kept as the gateway's own number. 4xx refuses,
but for 408, 425 and 429.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from beichen.platforms.comms.channels.channel import (
    AwayError,
    Outcome,
    Parcel,
    RefusedError,
    Send,
    TroubleError,
)
from beichen.settings import settings

TIMEOUT_SECONDS = 10.0
ERROR_LENGTH = 200
_LATER = frozenset({408, 425, 429})


def text_of(parcel: Parcel) -> str:
    """What fits a telephone: the text, and where to read on."""
    return f"{parcel.text} {parcel.link}".strip()


def signature(secret: str, seconds: int, body: bytes) -> str:
    """What a gateway checks: that the body is ours, and of this time."""
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def _reference(content: bytes) -> str:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ""
    return str(document.get("id", ""))[:100] if isinstance(document, dict) else ""


def _address(template: str, parcel: Parcel) -> str:
    filled = {"{to}": parcel.address, "{id}": parcel.number}
    for placeholder, value in filled.items():
        template = template.replace(placeholder, quote(value, safe=""))
    return template


@contextmanager
def _by_http(url: str) -> Iterator[Send]:
    import httpx

    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:

        def send(parcel: Parcel) -> Outcome:
            said: dict[str, Any] = {
                "id": parcel.number,
                "to": parcel.address,
                "text": text_of(parcel),
                "language": parcel.language,
            }
            body = orjson.dumps(said)
            headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.number}
            if secret := settings().sms_secret:
                headers["X-Beichen-Signature"] = signature(secret, int(time.time()), body)
            try:
                answer = client.post(_address(url, parcel), content=body, headers=headers)
            except httpx.HTTPError as error:
                raise AwayError(str(error) or type(error).__name__) from error
            if answer.is_success:
                return Outcome(_reference(answer.content))
            words = f"{answer.status_code} {answer.text[:ERROR_LENGTH]}"
            if answer.is_client_error and answer.status_code not in _LATER:
                raise RefusedError(words)
            raise TroubleError(words)

        yield send


class TextMessages:
    """The gateway that the settings name."""

    def is_set_up(self) -> bool:
        """Whether a gateway is named."""
        return bool(settings().sms_url)

    def open(self) -> AbstractContextManager[Send]:
        """A session over HTTP or SMPP, as the address says."""
        url = settings().sms_url
        if urlsplit(url).scheme == "smpp":
            from beichen.platforms.comms.channels.smpp import session

            return session(url)
        return _by_http(url)


CHANNEL = TextMessages()
