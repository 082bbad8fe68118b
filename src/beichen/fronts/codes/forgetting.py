"""Forgetting who read whose code: by age, or because the person wants it. Counters remember how many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, QuerySet

from beichen.fronts.codes.models import Counter, Scan
from beichen.settings import settings


def forget_scans(now: datetime | None = None) -> int:
    """Delete the scans that are older than the setting allows; returns how many."""
    before = (now or datetime.now(UTC)) - timedelta(days=settings().scan_days)
    return forget(Scan.objects.filter(at__lt=before))


@transaction.atomic
def forget(rows: QuerySet[Scan]) -> int:
    """Delete these scans; what they took stays counted as forgotten. Returns how many."""
    taken = rows.filter(took__gt=0).order_by().values_list("person", "entitlement", "took")
    for person, kind, took, number in taken.annotate(number=Count("pk")).iterator():
        counters = Counter.objects.filter(person=person, entitlement=kind, round=took)
        counters.update(forgotten=F("forgotten") + number)
    number, _by_model = rows.delete()
    return int(number)
