"""Forgetting: after half a year a delivery says who was told and when, and no longer at which address.

A browser that followed a thing without an account is forgotten as well.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.comms.models import Delivery, Subscription
from beichen.platforms.comms.words import DUE

KEEP = timedelta(days=183)


@transaction.atomic
def forget_addresses(*, by: Actor, now: datetime | None = None) -> int:
    """Blank the addresses of old deliveries that are finished; returns how many."""
    before = (now or timezone.now()) - KEEP
    old = Delivery.objects.filter(created_at__lt=before).exclude(address="", fallback=[])
    number = old.exclude(state__in=DUE).update(address="", fallback=[])
    gone, _rows = Subscription.objects.filter(person=None, created_at__lt=before).delete()
    if number or gone:
        detail = {"deliveries": number, "browsers": gone}
        audit.record(by, "comms.address.forget", "platforms_comms.delivery", detail=detail)
    return number
