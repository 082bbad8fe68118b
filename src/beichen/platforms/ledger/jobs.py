"""The room's work in the background: the log grows, witnesses are asked, heads are sealed, checkpoints
anchored."""

from __future__ import annotations

import logging
import threading

from django.utils import timezone
from django_tasks import task

from beichen.kernel.actor import system
from beichen.kernel.jobs.loops import loop
from beichen.kernel.jobs.schedule import scheduled
from beichen.platforms.ledger.anchoring import anchor
from beichen.platforms.ledger.heads import seal_audit_head
from beichen.platforms.ledger.integrating import MOST, integrate, prune
from beichen.platforms.ledger.witnessing import ask_witnesses
from beichen.problem import ProblemError

BY = system("ledger")
EVERY_SECONDS = 1.0
AFTER_REFUSAL_SECONDS = 60.0
logger = logging.getLogger(__name__)


@loop("ledger.integrator")
def grow(stop: threading.Event) -> None:
    """Bring what was sealed into the log, within a second or two."""
    while not stop.is_set():
        pause = EVERY_SECONDS
        try:
            if integrate() >= MOST:
                continue
        except ProblemError as error:
            logger.error("the log does not grow: %s", error)
            pause = AFTER_REFUSAL_SECONDS
        stop.wait(pause)


@loop("ledger.witnesses")
def be_witnessed(stop: threading.Event) -> None:
    """Ask witnesses to cosign; a slow one holds up nothing but this."""
    while not stop.is_set():
        try:
            ask_witnesses()
        except ProblemError as error:
            logger.error("witnesses are not asked: %s", error)
        stop.wait(EVERY_SECONDS * 2)


@scheduled("ledger.heads", "7 * * * *")
@task()
def seal_heads() -> None:
    """Seal the head of the audit chain."""
    seal_audit_head(by=BY)


@scheduled("ledger.prune", "51 3 * * *")
@task()
def forget_checkpoints() -> None:
    """Keep one old checkpoint a day."""
    prune(timezone.now())


@scheduled("ledger.anchor", "23 * * * *")
@task()
def anchor_checkpoint() -> None:
    """Write the checkpoint into an outside log, where one is set."""
    anchor()
