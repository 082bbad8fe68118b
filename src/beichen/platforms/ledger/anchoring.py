"""Anchoring: the published checkpoint is written into somebody else's log, so that even all witnesses are
not alone."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime

from django.utils import timezone

from beichen.platforms.ledger.anchors import AnchorError, anchor_for
from beichen.platforms.ledger.models import Anchoring, Checkpoint
from beichen.settings import settings

logger = logging.getLogger(__name__)


def anchor(now: datetime | None = None) -> Anchoring | None:
    """Write the newest published checkpoint to where the setting says, unless it stands there.

    None where there is nothing to write. Raises ProblemError LED-304 for an address without an adapter.
    """
    target = settings().ledger_anchor_url
    newest = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
    if not target or newest is None:
        return None
    last = Anchoring.objects.filter(target=target, error="").order_by("-size").first()
    if last is not None and last.size >= newest.size:
        return None
    adapter, receipt, error = anchor_for(target), "", ""
    try:
        receipt = adapter.write(target, newest.note, hashlib.sha256(newest.note.encode()).hexdigest())
    except AnchorError as trouble:
        error = str(trouble)[:300] or "it failed"
        logger.warning("the checkpoint of %d was not anchored: %s", newest.size, error)
    Anchoring.objects.filter(target=target, size=newest.size).exclude(error="").delete()
    return Anchoring.objects.create(
        size=newest.size,
        note=newest.note,
        adapter=type(adapter).__name__,
        target=target,
        receipt=receipt,
        error=error,
        at=now or timezone.now(),
    )
