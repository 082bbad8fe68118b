"""Scheduled work of rooms below the jobs, or beside them, that cannot name them: bus, audit, files."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from django_tasks import task

from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.files import service as files
from beichen.kernel.jobs.schedule import scheduled, schedules
from beichen.settings import settings

ANCHORS = "audit.anchors"
LOOKED_AT = 100_000
"""So many rows of each index does SQLite look at, which bounds how long a writer waits: by fewer it would
take what nearly all rows say, such as that a case is open, for something that few do."""
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


@scheduled("files.forget", "37 3 * * *")
@task()
def forget_files() -> None:
    """Remove contents that no row has had for a day."""
    files.forget()


@scheduled("database.statistics", "5 4 * * *")
@task()
def refresh_statistics() -> None:
    """Let SQLite see how its tables have grown, or it chooses indexes as of an empty house.

    PostgreSQL does so by itself. `PRAGMA optimize` would look at what this connection has asked for alone.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        cursor.execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index' ORDER BY tbl_name")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")  # each lets go of the lock


def announce() -> None:
    """Say what runs by the clock; importing this module has declared it."""
    logger.info("schedules: %s", ", ".join(sorted(schedules())))
