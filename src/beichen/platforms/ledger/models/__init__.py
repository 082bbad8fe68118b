"""What is kept: the log with those who vouch for it, and certificates."""

from __future__ import annotations

from beichen.platforms.ledger.models.certificates import (
    Cause,
    Certificate,
    CertificateKind,
    CertificateState,
    IssuerKey,
    StatusList,
)
from beichen.platforms.ledger.models.log import (
    Anchoring,
    Checkpoint,
    Cosignature,
    Entry,
    Log,
    Witness,
)

__all__ = [
    "Anchoring",
    "Cause",
    "Certificate",
    "CertificateKind",
    "CertificateState",
    "Checkpoint",
    "Cosignature",
    "Entry",
    "IssuerKey",
    "Log",
    "StatusList",
    "Witness",
]
