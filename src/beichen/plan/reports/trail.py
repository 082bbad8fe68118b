"""The audit trail of the plan: every act on its facts, duties, values and reports, from the one chain."""

from __future__ import annotations

from django.db.models import QuerySet

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.plan.reports.rights import TRAIL

_FIRST, _AFTER = "plan", "plao"  # one range of the index on resources holds all rooms of the plan


def trail(*, by: Actor) -> QuerySet[AuditRecord]:
    """The records of the plan's rooms, the newest first. Raises ProblemError ACC-403."""
    require(by, TRAIL)
    rows = AuditRecord.objects.filter(resource__gte=_FIRST, resource__lt=_AFTER)
    return rows.filter(resource__startswith=_FIRST).order_by("-sequence")
