"""Anchoring by a time stamping authority (时间戳服务, RFC 3161): addresses `tsa+https://…`.

The authority stamps the hash of the checkpoint; its answer is the receipt, which anybody checks offline, by
`beichen_proof` or by `openssl ts -verify`. What it answers is checked here first, by the certificate that
`BEICHEN_LEDGER_ANCHOR_AUTHORITY` names: an answer about something else, to another question or of somebody
else is none.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.x509 import Certificate

from beichen.platforms.ledger.anchors import AnchorError
from beichen.platforms.ledger.anchors.web import posted
from beichen.settings import settings
from beichen_proof import timestamp
from beichen_proof.anchor import stamp_receipt
from beichen_proof.refusal import RefusedError

PREFIX = "tsa+"


def authorities() -> list[Certificate]:
    """Who may stamp, by the setting. Raises AnchorError where it names no certificate."""
    name = settings().ledger_anchor_authority
    try:
        return timestamp.certificates(Path(name).read_bytes())
    except (OSError, RefusedError):
        raise AnchorError("BEICHEN_LEDGER_ANCHOR_AUTHORITY names no file with a certificate") from None


class StampAnchor:
    """A TimeStampReq over HTTP (RFC 3161, 3.4)."""

    def write(self, target: str, checkpoint: str, key: str) -> str:
        """Have it stamped. Raises AnchorError."""
        known, nonce = authorities(), secrets.randbits(63)
        asked = timestamp.question(checkpoint.encode(), nonce)
        headers = {"Content-Type": "application/timestamp-query", "Idempotency-Key": key}
        answer = posted(target.removeprefix(PREFIX), asked, headers)
        try:
            found = timestamp.check(answer, checkpoint.encode(), known)
        except RefusedError as error:
            raise AnchorError(f"its answer is not believed: {error}") from error
        if found.nonce != nonce:
            raise AnchorError("its answer is not believed: it answers another question")
        return stamp_receipt(answer)
