"""Scheduled work of the rooms that stand below the jobs and cannot name them: bus and audit."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.jobs.schedule import scheduled, schedules
from beichen.settings import settings

ANCHORS = "audit.anchors"
logger = logging.getLogger(__name__)


@scheduled("bus.prune", "17 3 * * *")
@task()
def prune_bus() -> None:
    """Forget events that everybody has handled."""
    bus.prune(timezone.now())


@scheduled("audit.anchor", "* * * * *")
@task()
def anchor_audit() -> None:
    """Note the head of the audit chain outside the database."""
    audit.anchor(settings().data_dir / ANCHORS)


def announce() -> None:
    """Say what runs by the clock; importing this module has declared it."""
    logger.info("schedules: %s", ", ".join(sorted(schedules())))
