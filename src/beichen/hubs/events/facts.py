"""The table of cases follows the cases: each that has moved since is written anew, by its code.

``Case.recorded_version`` is the version that the table knows. A row is written first and marked after,
so a crash between the two writes it again, which the table's key makes harmless; a case that moves
meanwhile keeps a higher version and is taken with the next run.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Subquery

from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.tables import CASES
from beichen.kernel.actor import system
from beichen.kernel.jobs.service import is_stopping
from beichen.platforms.warehouse.service import upsert

BATCH = 5000
BY = system("events.facts")
_SAME = (
    "code", "grade", "stage", "outcome", "opened_at", "accepted_at", "dispatched_at", "handled_at",
    "answered_at", "closed_at", "accepted_in_time", "handled_in_time", "answered_in_time", "returns",
    "reopenings", "supervisions", "rating", "is_open", "is_demo",
)  # fmt: skip


def record_facts() -> int:
    """Bring up to :data:`BATCH` cases into the table; returns how many, 0 when it knows them all."""
    rows = list(_moved()[:BATCH])
    if rows:
        upsert(CASES.name, list(map(_fact, rows)), by=BY, source="hubs/events")
        for row in rows:
            row.recorded_version = row.version
        Case.objects.bulk_update(rows, ["recorded_version"], batch_size=500)
    return len(rows)


def record_all() -> None:
    """Bring every case that has moved into the table; a worker that stops leaves the rest for later."""
    while record_facts() and not is_stopping():
        pass


def _moved() -> Any:
    first = Report.objects.filter(case=OuterRef("pk")).order_by("id").values("channel")[:1]
    moved = Case.objects.filter(version__gt=F("recorded_version")).annotate(source=Subquery(first))
    return (
        moved.select_related("kind__category", "region", "centre", "desk")
        .defer("text", "state")
        .order_by("id")
    )


def _fact(row: Any) -> dict[str, Any]:
    kind = row.kind
    offered = [one["kind"] for one in row.suggested]
    return {
        **{name: getattr(row, name) for name in _SAME},
        "suggested": offered[0] if offered else None,
        "suggested_place": offered.index(kind.key) + 1 if kind and kind.key in offered else None,
        "event": kind.key if kind else None,
        "scene": kind.scene if kind else None,
        "category": kind.category.code if kind and kind.category else None,
        "source": row.source,
        "region": row.region.code,
        "centre": row.centre.key,
        "body": row.desk.key if row.desk else None,
        "reports": row.report_count,
    }
