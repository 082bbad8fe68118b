"""Who may see which events live: a signed, short-lived grant from web to the live process.

Knows nothing of the database: web decides and signs, live verifies and filters.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from beichen.kernel.bus.event import matches
from beichen.problem import Problem, ProblemError, code
from beichen.settings import settings

GRANT_SECONDS = 60
ACTOR_LEVEL = 2  # who caused an event is internal
EXPIRED = code("BUS-108", "The grant for live events is not valid.", status=401)


class Reach(msgspec.Struct, frozen=True):
    """Events up to ``level`` in the subtree of ``region`` (a path; empty: everywhere)."""

    region: str
    level: int


class Grant(msgspec.Struct, frozen=True):
    """The types that were asked for, and what the actor may see of them until ``expires``."""

    patterns: tuple[str, ...]
    reaches: tuple[Reach, ...]
    expires: float

    def shows(self, document: Mapping[str, Any]) -> bool:
        """Whether the event, in CloudEvents JSON, is asked for and may be seen."""
        level, region = int(document.get("level", 1)), str(document.get("region", ""))
        return any(matches(pattern, str(document.get("type", ""))) for pattern in self.patterns) and any(
            level <= reach.level and region.startswith(reach.region) for reach in self.reaches
        )

    def redacted(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The event as this grant shows it: the public does not see who caused it."""
        if max(reach.level for reach in self.reaches) >= ACTOR_LEVEL:
            return dict(document)
        return {name: value for name, value in document.items() if name != "actor"}


def _signature(body: bytes) -> bytes:
    return hmac.new(settings().secret_key.encode(), b"beichen.feed" + body, hashlib.sha256).digest()


def sign(grant: Grant) -> str:
    """The grant as a token for a URL."""
    body = msgspec.json.encode(grant)
    return base64.urlsafe_b64encode(_signature(body) + body).decode().rstrip("=")


def verify(token: str, *, now: float | None = None) -> Grant:
    """The grant of a token. Raises ProblemError BUS-108 when it is forged, malformed or over."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        signature, body = content[:32], content[32:]
        if not hmac.compare_digest(signature, _signature(body)):
            raise ValueError("the signature is not ours")
        grant = msgspec.json.decode(body, type=Grant)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        hint = "ask /events, which leads here"
        raise ProblemError(Problem(EXPIRED, "the grant cannot be read", hint=hint)) from error
    if grant.expires < (time.time() if now is None else now):
        raise ProblemError(Problem(EXPIRED, "the grant is over", hint="ask /events again"))
    return grant
