"""Anchoring over HTTP: the checkpoint is posted as it is, the answer is the receipt.

For any service that keeps what it is sent and says so: a time-stamping or notarial gateway, another city's
log, a gateway to a chain. `Idempotency-Key` lets it know a checkpoint that comes twice.
"""

from __future__ import annotations

import httpx

from beichen.platforms.ledger.anchors import LONGEST_RECEIPT, AnchorError

SECONDS = 15.0


class WebAnchor:
    """POST text/plain → 2xx with a receipt."""

    def write(self, target: str, checkpoint: str, key: str) -> str:
        """Post it. Raises AnchorError."""
        headers = {"Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key}
        receipt = posted(target, checkpoint.encode(), headers).decode("utf-8", "replace")
        if not receipt.strip():
            raise AnchorError("it gives no receipt")
        return receipt.replace("\0", "\ufffd")


def posted(target: str, content: bytes, headers: dict[str, str]) -> bytes:
    """What is answered to a content. Raises AnchorError for an answer that is none or too long."""
    found = b""
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
            client.stream("POST", target, content=content, headers=headers) as answer,
        ):
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > LONGEST_RECEIPT:
                    raise AnchorError("the receipt is too long")
            if not answer.is_success:
                raise AnchorError(f"it answers {answer.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AnchorError(f"{type(error).__name__}: {error}") from error
    return found
