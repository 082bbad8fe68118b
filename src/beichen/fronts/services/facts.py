"""The table of affairs follows the affairs: each that has moved since is written anew, by its code.

``Affair.recorded_version`` is the version that the table knows; a row is written first and marked after, so
that a crash between the two writes it again, which the table's key makes harmless.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F

from beichen.fronts.services.items.facts import facts_of
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tables import AFFAIRS
from beichen.kernel.actor import system
from beichen.kernel.jobs.service import is_stopping
from beichen.platforms.warehouse.service import upsert

BATCH = 5000
BY = system("services.facts")


def record_facts() -> int:
    """Bring up to :data:`BATCH` affairs into the table; returns how many, 0 when it knows them all."""
    moved = Affair.objects.filter(version__gt=F("recorded_version")).select_related("definition", "region")
    rows = list(moved.defer("state", "before", "data").order_by("id")[:BATCH])
    if rows:
        items = facts_of(rows)
        facts = [{**_fact(row), **items[row.pk]} for row in rows]
        upsert(AFFAIRS.name, facts, by=BY, source="fronts/services")
        for row in rows:
            row.recorded_version = row.version
        Affair.objects.bulk_update(rows, ["recorded_version"], batch_size=500)
    return len(rows)


def record_all() -> None:
    """Bring every affair that has moved into the table; a worker that stops leaves the rest for later."""
    while record_facts() and not is_stopping():
        pass


def _fact(row: Affair) -> dict[str, Any]:
    return {
        "code": row.code,
        "process": row.definition.key,
        "scene": row.definition.scene,
        "region": row.region.code,
        "status": row.status,
        "outcome": row.outcome or None,
        "opened_at": row.opened_at,
        "promised_at": row.promised_at,
        "closed_at": row.closed_at,
        "in_time": row.is_in_time,
        "working_days": row.working_days,
        "is_demo": row.is_demo,
    }
