"""Asking for a run that a worker does: a page or a program does not wait for it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.platforms.ai.declaring import find_model
from beichen.platforms.ai.jobs import run
from beichen.platforms.ai.rights import RUN


@transaction.atomic
def request_run(key: str, *, by: Actor) -> str:
    """Let a worker run a model as soon as it can; returns the task's identifier. Raises AIM-101, ACC-403."""
    row = find_model(key, by=by)
    access.require(by, RUN, row)
    audit.record(by, "ai.model.request", f"platforms_ai.model:{row.key}")
    return enqueue(run, row.key, timezone.now().isoformat())
