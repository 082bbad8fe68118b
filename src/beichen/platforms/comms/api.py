"""`/api/comms`: gateways of text messages report here what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from beichen.kernel.access.service import acting
from beichen.platforms.comms.service import Receipt, record_receipts

router = Router(tags=["comms"])


class ReceiptIn(Schema):
    """``id`` is the ``id`` that Beichen sent, or the one that the gateway answered."""

    id: str
    state: str
    at: datetime | None = None
    error: str = ""


class ReceiptsIn(Schema):
    """Up to 1000 receipts."""

    receipts: list[ReceiptIn]


@router.post("/receipts", summary="What became of messages")
def take_receipts(request: HttpRequest, body: ReceiptsIn) -> dict[str, Any]:
    """Delivered, read or failed; the same receipt may come any number of times."""
    receipts = [Receipt(one.id, one.state, one.at, one.error) for one in body.receipts]
    found = record_receipts(receipts, by=acting(request))
    return {"accepted": found.accepted, "unknown": found.unknown}
