"""Forgetting who read whose code: by age, or because the person wants it. Counters remember how many.

Scans are locked before counters, as by who reads codes, and counters in one order: nobody waits in a ring.
"""

from __future__ import annotations

from collections import Counter as Tally
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from beichen.fronts.codes.models import Counter, Return, Scan
from beichen.settings import settings

PART = 500  # scans in one transaction: their locks are held no longer


def forget_scans(now: datetime | None = None) -> int:
    """Delete the scans that are older than the setting allows; returns how many."""
    before = (now or datetime.now(UTC)) - timedelta(days=settings().scan_days)
    return forget(Scan.objects.filter(at__lt=before))


def forget(rows: QuerySet[Scan]) -> int:
    """Delete these scans, a part at a time; what they took stays counted as forgotten. Returns how many."""
    number = 0
    while part := _forget_part(rows):
        number += part
    return number


@transaction.atomic
def _forget_part(rows: QuerySet[Scan]) -> int:
    fields = ("pk", "nonce", "person", "entitlement", "took")
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:PART])
    locked = Scan.objects.filter(pk__in=some).order_by("pk").select_for_update()
    found = list(locked.values_list(*fields))
    returns = Return.objects.filter(reference__in=[nonce for _pk, nonce, *_rest in found])
    returns.update(place="", taken_at=None)
    Scan.objects.filter(pk__in=[pk for pk, *_rest in found]).delete()
    taken = Tally((person, kind, took) for _pk, _nonce, person, kind, took in found if took)
    for person, kind, took in sorted(taken):
        counters = Counter.objects.filter(person=person, entitlement=kind, round=took)
        counters.update(forgotten=F("forgotten") + taken[person, kind, took])
    return len(found)
