"""Anchoring: the published checkpoint is written into somebody else's log, so that even all witnesses are
not alone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from beichen.platforms.ledger.anchors import AnchorError, anchor_for
from beichen.platforms.ledger.anchors.stamp import PREFIX, authorities
from beichen.platforms.ledger.codes import NO_ANCHOR, NO_ANCHORING
from beichen.platforms.ledger.models import Anchoring, Checkpoint
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings
from beichen_proof.anchor import anchor_text

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
    except Exception:  # an adapter of a package: whatever it does, the page says that it failed
        error = "the adapter failed; the log of the worker says how"
        logger.exception("the checkpoint of %d was not anchored", newest.size)
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


def anchor_document(number: int) -> str:
    """What proves to anybody that a checkpoint was kept outside (`beichen_proof.anchor`).

    Raises ProblemError LED-305 for none, or for one that was not kept.
    """
    row = Anchoring.objects.filter(pk=number, error="").first()
    if row is None:
        raise ProblemError(Problem(NO_ANCHORING, said("no checkpoint was kept outside under this number")))
    return anchor_text(row.note, row.target, row.at.isoformat(), row.receipt)


def look() -> Iterator[Problem]:
    """Whether there is a way to where the setting says, for `beichen doctor`; nobody is asked."""
    target = settings().ledger_anchor_url
    if not target:
        return
    try:
        anchor_for(target)
        if target.startswith(PREFIX):
            authorities()
    except ProblemError as error:
        yield from error.problems
    except AnchorError as error:
        yield Problem(NO_ANCHOR, str(error), Where(field="ledger_anchor_authority"))
