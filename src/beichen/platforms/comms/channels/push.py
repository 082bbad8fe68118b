"""Notifications of browsers (web push, RFC 8030): to the browser's own push service, for the browser alone.

RFC 8291 encrypts, RFC 8292 says who sends. The service keeps a message for a day; ``Topic`` makes two
attempts of one delivery one message. 404 and 410 mean that the browser takes nothing any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.core.signing import BadSignature, Signer

from beichen.platforms.comms import vapid
from beichen.platforms.comms.channels.channel import (
    GoneError,
    Outcome,
    Parcel,
    RefusedError,
    Send,
    TroubleError,
)
from beichen.problem import ProblemError, shorten
from beichen.settings import settings

TIMEOUT_SECONDS = 10
KEEP_SECONDS = 24 * 60 * 60
MOST_CHARACTERS = 900
"""Of a text: with title and link it stays below the 4,096 bytes that every push service takes."""
ERROR_LENGTH = 200
_GONE, _LATER = frozenset({404, 410}), frozenset({408, 425, 429})
_SIGNER = Signer(salt="comms.push")


def token_of(number: str) -> str:
    """What a browser proves with that it got the delivery of this number."""
    return _SIGNER.sign(number)


def number_of(token: str) -> str:
    """The delivery's number; empty for what we never signed."""
    try:
        return _SIGNER.unsign(token)
    except BadSignature:
        return ""


def _payload(parcel: Parcel) -> bytes:
    """What the service worker reads; ``href`` is a path of this house."""
    place = urlsplit(parcel.link)
    return orjson.dumps(
        {
            "title": parcel.subject,
            "body": shorten(parcel.text, MOST_CHARACTERS),
            "href": f"{place.path}?{place.query}" if place.query else place.path,
            "language": parcel.language,
            "token": token_of(parcel.number),
        }
    )


def _topic(parcel: Parcel) -> str:
    """At most 32 characters of base64url (RFC 8030, 5.4)."""
    return vapid.encoded(hashlib.sha256(parcel.number.encode()).digest()[:24])


class Push:
    """The push services of browsers; each brings its own address."""

    def is_set_up(self) -> bool:
        """Whether the house has a key: it makes one itself."""
        try:
            return bool(vapid.private_key())
        except ProblemError:
            return False

    @contextmanager
    def open(self) -> Iterator[Send]:
        """Connections are kept as long as the session; every service is one of its own."""
        import httpx
        from py_vapid import Vapid
        from pywebpush import WebPusher

        key = Vapid.from_raw(vapid.private_key().encode())
        contact = f"mailto:{settings().mail_sender}"
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:

            def send(parcel: Parcel) -> Outcome:
                if not parcel.address:
                    raise GoneError("the browser's subscription was removed")
                subscription: dict[str, Any] = orjson.loads(parcel.address)
                place = urlsplit(subscription["endpoint"])
                claims = {"aud": f"{place.scheme}://{place.netloc}", "sub": contact}
                headers = {
                    **key.sign(claims),
                    "Content-Encoding": "aes128gcm",
                    "TTL": str(KEEP_SECONDS),
                    "Topic": _topic(parcel),
                    "Urgency": "high" if parcel.is_urgent else "normal",
                }
                body = WebPusher(subscription).encode(_payload(parcel))["body"]
                try:
                    answer = client.post(subscription["endpoint"], content=body, headers=headers)
                except httpx.HTTPError as error:
                    # Every service is another host: that one is away says nothing of the others.
                    raise TroubleError(f"{type(error).__name__}: {place.hostname}") from error
                return _outcome(answer.status_code, answer.text, answer.headers.get("Location", ""))

            yield send


def _outcome(status: int, text: str, location: str) -> Outcome:
    said = f"{status} {text[:ERROR_LENGTH]}".strip()
    if status in _GONE:
        raise GoneError(said)
    if status in _LATER or status >= 500:
        raise TroubleError(said)
    if not 200 <= status < 300:
        raise RefusedError(said)
    return Outcome(location.rpartition("/")[2][:100])


CHANNEL = Push()
