"""Forgetting: after half a year a delivery says who was told and when, and no longer at which address.

A browser that followed a thing without an account is forgotten as well. Whoever has the own data erased is
forgotten at once (PIPL, article 47): that somebody was told stays, who and in which words does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.platforms.comms.models import Delivery, Message, Subscription
from beichen.platforms.comms.words import DUE, ChannelName, Reason, State

KEEP = timedelta(days=183)
ERASED = {
    "subject_zh": "〔已应当事人要求删除〕",
    "subject_en": "[erased at the receiver's request]",
    "text_zh": "",
    "text_en": "",
}


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


@transaction.atomic
def forget_person(person: str, *, by: Actor) -> int:
    """Forget addresses and browsers of a person (by code) whose account closes; returns how many deliveries
    had some. What still waits is not sent; that and of what they were told stays."""
    rows = Delivery.objects.order_by().filter(person__code=person)
    rows.filter(state__in=DUE).update(state=State.DROPPED, reason=Reason.ERASED, next_at=None)
    number = rows.exclude(name="", address="", fallback=[]).update(name="", address="", fallback=[], error="")
    browsers, _rows = Subscription.objects.filter(person__code=person).delete()
    if number or browsers:
        detail = {"deliveries": number, "browsers": browsers}
        audit.record(by, "comms.person.forget", "platforms_comms.delivery", detail=detail, subject=person)
    return number


@transaction.atomic
def forget_subject(subject: str, abouts: Iterable[str], *, by: Actor) -> int:
    """Forget that ``subject`` was sent messages about these things; returns how many deliveries there were.

    ``subject`` is what :class:`ToAddress` named. Name, address and what a server answered are blanked; what
    still waits is not sent; words that nobody else was sent go too.
    """
    rows = Delivery.objects.order_by().filter(
        message__about__in=list(abouts), data_subject=subject, is_direct=True
    )
    keys = list(rows.values_list("pk", flat=True)) if subject else []
    if not keys:
        return 0
    found = Delivery.objects.order_by().filter(pk__in=keys)
    # Browsers that follow the thing are the same person's, as far as anybody knows.
    own = Q(data_subject=subject) | Q(channel=ChannelName.PUSH, person=None)
    others = Delivery.objects.filter(message=OuterRef("pk")).exclude(own)
    told = Message.objects.filter(pk__in=list(found.values_list("message", flat=True)))
    told.exclude(Exists(others)).update(**ERASED)
    found.filter(state__in=DUE).update(state=State.DROPPED, reason=Reason.ERASED, next_at=None)
    receiver = Concat(Value("erased:"), F("number"))
    found.update(name="", address="", fallback=[], error="", data_subject="", receiver=receiver)
    audit.record(by, "comms.subject.forget", "platforms_comms.delivery", detail={"deliveries": len(keys)})
    return len(keys)
