"""Why something is not believed: one word that programs know, and a sentence."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong, as a verifier says it."""

    MALFORMED = "malformed"
    FORGED = "forged"
    ALTERED = "altered"
    NOT_INCLUDED = "not-included"
    NOT_WITNESSED = "not-witnessed"
    FORKED = "forked"
    UNKNOWN_LOG = "unknown-log"
    UNKNOWN_ISSUER = "unknown-issuer"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    STATUS_UNKNOWN = "status-unknown"
    OTHER_PARTY = "other-party"
    OTHER_PURPOSE = "other-purpose"
    REPLAYED = "replayed"
    UNREACHABLE = "unreachable"


class RefusedError(Exception):
    """Raised for what is not believed."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason, self.message = reason, message
        super().__init__(f"{reason}: {message}")
