"""How the person of a browser's session signed in: when, by what, and how sure that is.

The library that signs people in keeps a record of each step in the session. ``amr`` are the words of
RFC 8176; ``acr`` is one of two levels, or ``0`` (ISO/IEC 29115) when nothing is recorded.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from beichen.kernel.access.models import Account

PASSWORD, TWO_STEPS, NONE = "urn:beichen:acr:1", "urn:beichen:acr:2", "0"
LEVELS = (TWO_STEPS, PASSWORD)
UPSTREAM = "upstream"
_NUMBER = "openid_session"
_WORDS = {"password": "pwd", "code": "otp", UPSTREAM: "fed"}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The steps of a session: the last one's time in seconds since 1970, and what they amount to."""

    at: int
    acr: str
    amr: tuple[str, ...]

    @property
    def is_in_two_steps(self) -> bool:
        """Whether more than a password was shown."""
        return self.acr == TWO_STEPS


def _words_of(record: dict[str, Any]) -> list[str]:
    if record.get("method") == UPSTREAM:
        return [_WORDS[UPSTREAM], *(str(word) for word in record.get("amr", []))]
    if record.get("method") == "mfa":
        return ["otp", "mfa"] if record.get("type") == "totp" else ["mfa"]
    word = _WORDS.get(str(record.get("method")))
    return [word] if word else []


def signed_in(request: HttpRequest, account: Account) -> SignedIn:
    """What the session of ``request`` says of ``account``."""
    records = get_authentication_records(request, account)
    words = [word for record in records for word in _words_of(record)]
    amr = tuple(dict.fromkeys(words))
    last = account.last_login.timestamp() if account.last_login else 0
    at = int(max((float(record["at"]) for record in records), default=last))
    return SignedIn(at, TWO_STEPS if "mfa" in amr else PASSWORD if amr else NONE, amr)


def fingerprint_of(request: HttpRequest, *, make: bool = True) -> str:
    """What is kept of a browser's session: of a number of its own, which stays while the session does.

    Empty when it has none and ``make`` is False.
    """
    number = request.session.get(_NUMBER)
    if not isinstance(number, str):
        if not make:
            return ""
        number = request.session[_NUMBER] = secrets.token_urlsafe(24)
    return hashlib.sha256(number.encode()).hexdigest()
