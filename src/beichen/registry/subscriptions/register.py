"""Writing subscriptions: the only place where they come, change and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.bus.event import identifier
from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry.document.context import CORE_ONLY, Context
from beichen.registry.document.contexts import context_of
from beichen.registry.document.names import CORE_CONTEXT
from beichen.registry.keeping import keep_implicit
from beichen.registry.models import Notification, Subscription, Watch
from beichen.registry.permissions import MANAGE_SUBSCRIPTIONS, READ, SUBSCRIBE
from beichen.registry.problems import BAD_DATA, EXISTS, not_found
from beichen.registry.subscriptions.fragment import StoredNames, merged, stored_names
from beichen.registry.subscriptions.payload import Facts, Reader
from beichen.settings import settings

OWNED_LIMIT = 20_000  # subscriptions of one owner
WATCHES_LIMIT = 10_000  # pairs of subject and attribute of one subscription
_CONTEXT_PATH = "/ngsi-ld/v1/jsonldContexts/"
_READ_AGAIN = frozenset({"q", "csf", "entities", "geoQ"})


@dataclass(slots=True)
class Contexts:
    """In which context a subscription's conditions are read, and its notifications written."""

    conditions: Any
    shown: str

    def dump(self) -> str:
        """As a column."""
        return orjson.dumps({"conditions": self.conditions, "shown": self.shown}).decode()


def contexts_of(row: Subscription) -> Contexts:
    """The contexts of a subscription."""
    return Contexts(**orjson.loads(row.context))


def subscriptions_of(by: Actor) -> QuerySet[Subscription]:
    """The subscriptions that ``by`` may see: its own, or all for whoever manages them."""
    rows = Subscription.objects.order_by("id")
    if by.is_system or access.decide(by, MANAGE_SUBSCRIPTIONS, None):
        return rows
    return rows.none() if by.is_public else rows.filter(owner=by.key)


def find_subscription(urn: str, *, by: Actor, lock: bool = False) -> Subscription:
    """One of them. Raises ProblemError REG-104 when there is none to be seen."""
    rows = subscriptions_of(by)
    row = (rows.select_for_update() if lock else rows).filter(urn=urn).first()
    if row is None:
        raise not_found(shorten(f"there is no subscription with the id {urn}"), "/id")
    return row


def _shown_context(context: Context, by: Actor) -> str:
    """The URL by which notifications name a context (5.2.12, jsonldContext)."""
    if context.is_core:
        return CORE_CONTEXT
    sources = context.source if isinstance(context.source, list) else [context.source]
    if len(sources) == 1 and isinstance(sources[0], str):
        return sources[0]
    return f"{settings().public}{_CONTEXT_PATH}{keep_implicit(sources, by=by)}"


def _watches(facts: Facts) -> list[tuple[str, str]]:
    if facts.interval is not None:
        return []
    attributes = sorted(facts.conditions.watched) or [""]
    pairs = [(subject, name) for subject in sorted(facts.conditions.subjects()) for name in attributes]
    if len(pairs) > WATCHES_LIMIT:
        message = f"ids or types, times attributes, are more than {WATCHES_LIMIT}"
        raise ProblemError(Problem(BAD_DATA, message, Where(pointer="/entities"), "several subscriptions"))
    return pairs


def _fill(row: Subscription, facts: Facts, contexts: Contexts, now: datetime) -> None:
    row.name = str(facts.document.get("subscriptionName", ""))[:200]
    row.document = orjson.dumps(facts.document).decode()
    row.secrets = orjson.dumps(facts.endpoint.secrets).decode() if facts.endpoint.secrets else ""
    row.context = contexts.dump()
    row.endpoint = facts.endpoint.shown["uri"]
    row.is_active, row.expires_at = facts.is_active, facts.expires_at
    row.interval, row.throttling = facts.interval, facts.throttling
    row.cooldown = facts.endpoint.cooldown
    row.next_at = None if facts.interval is None else now + timedelta(seconds=facts.interval)
    row.modified_at = now


def _watch(row: Subscription, pairs: Sequence[tuple[str, str]]) -> None:
    Watch.objects.filter(subscription=row).delete()
    Watch.objects.bulk_create([Watch(subscription=row, subject=one, attribute=name) for one, name in pairs])


def _publish(verb: str, row: Subscription, by: Actor, detail: dict[str, Any] | None = None) -> None:
    action = f"registry.subscription.{verb}"
    audit.record(by, action, f"registry.subscription:{row.urn}", detail=detail or {})
    bus.publish(action, row.urn[:200], {"id": row.urn, "owner": row.owner}, by=by, level=2)


@transaction.atomic
def subscribe(
    payload: dict[str, Any], context: Context, *, by: Actor, now: datetime | None = None
) -> Subscription:
    """Create a subscription that acts as ``by``.

    Raises ProblemError ACC-403, REG-101 with all mistakes, REG-103 for an id that exists, REG-105 for a
    context that cannot be had, REG-114 for an endpoint that may not be spoken to.
    """
    access.require(by, SUBSCRIBE)
    access.require(by, READ)
    moment = now or timezone.now()
    urn = payload.get("id", payload.get("@id"))
    urn = f"urn:ngsi-ld:Subscription:{identifier()}" if urn is None else urn
    facts = Reader(payload, context, moment).read(urn)
    if Subscription.objects.filter(urn=facts.urn).exists():
        message = shorten(f"a subscription with the id {facts.urn} exists")
        raise ProblemError(Problem(EXISTS, message, Where(pointer="/id")))
    if Subscription.objects.filter(owner=by.key).count() >= OWNED_LIMIT:
        raise ProblemError(Problem(BAD_DATA, f"an owner has at most {OWNED_LIMIT} subscriptions", Where()))
    pairs = _watches(facts)
    shown = facts.context_url or _shown_context(context, by)
    source = CORE_CONTEXT if context.is_core else context.source
    row = Subscription(urn=facts.urn, owner=by.key, created_at=moment)
    _fill(row, facts, Contexts(source, shown), moment)
    row.save()
    _watch(row, pairs)
    _publish("created", row, by)
    return row


@transaction.atomic
def change_subscription(
    urn: str, patch: dict[str, Any], context: Context, *, by: Actor, now: datetime | None = None
) -> Subscription:
    """Merge a fragment into a subscription (clause 5.8.2). Raises as :func:`subscribe` does, and REG-104."""
    moment = now or timezone.now()
    row = find_subscription(urn, by=by, lock=True)
    if row.owner != by.key:
        access.require(by, MANAGE_SUBSCRIPTIONS)
    present = row.parsed()
    names = StoredNames(context, stored_names(present))
    contexts = contexts_of(row)
    if not _READ_AGAIN.isdisjoint(patch):
        contexts.conditions = CORE_CONTEXT if context.is_core else context.source
    before = dict(present)
    if row.secrets:
        notification = dict(present["notification"])
        notification["endpoint"] = {**notification["endpoint"], **orjson.loads(row.secrets)}
        present["notification"] = notification
    payload = merged(present, patch)
    if "expiresAt" in payload and "expiresAt" not in patch:
        payload.pop("expiresAt")  # that of an expired one is no mistake of this fragment
    conditions = StoredNames(context_of(contexts.conditions), names.stored)
    facts = Reader(payload, names, moment, conditions).read(str(row.urn))
    if "expiresAt" in before and "expiresAt" not in patch:
        facts.document["expiresAt"], facts.expires_at = before["expiresAt"], row.expires_at
    if facts.context_url:
        contexts.shown = facts.context_url
    elif not context.is_core and context is not CORE_ONLY:
        contexts.shown = _shown_context(context, by)
    _fill(row, facts, contexts, moment)
    row.version += 1
    if facts.is_active:
        row.is_withdrawn, row.rest_until, row.failed_in_row = False, None, 0
    else:
        row.waiting.all().delete()
    row.save()
    _watch(row, _watches(facts))
    _publish("changed", row, by, {"members": sorted(patch)})
    return row


def pause_subscription(urn: str, *, by: Actor) -> Subscription:
    """Deliver nothing until it is resumed; what waits is dropped."""
    return change_subscription(urn, {"isActive": False}, CORE_ONLY, by=by)


def resume_subscription(urn: str, *, by: Actor) -> Subscription:
    """Deliver again what changes from now on."""
    return change_subscription(urn, {"isActive": True}, CORE_ONLY, by=by)


@transaction.atomic
def unsubscribe(urn: str, *, by: Actor) -> None:
    """Delete a subscription with what waits for it. Raises ProblemError REG-104."""
    row = find_subscription(urn, by=by, lock=True)
    Notification.objects.filter(subscription=row).delete()
    _publish("removed", row, by)
    row.delete()


def subscription_status(row: Subscription, now: datetime) -> str:
    """active, paused or expired (5.2.12); paused, too, when its owner may not read any more."""
    if row.expires_at is not None and row.expires_at <= now:
        return "expired"
    return "active" if row.is_active and not row.is_withdrawn else "paused"


def notification_context(row: Subscription) -> str:
    """The URL of the context in which notifications are written."""
    return contexts_of(row).shown
