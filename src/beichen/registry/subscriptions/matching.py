"""From an event of the registry to the notifications that it causes.

The index of watches gives the subscriptions that can be meant, however many others there are; their
conditions have the last word. Rights are looked at when a notification is written, not here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from beichen.kernel.bus.event import Event
from beichen.registry.document.changes import instances, types_of
from beichen.registry.document.contexts import context_of
from beichen.registry.models import Notification, Object, ObjectVersion, Subscription, Trigger, Watch
from beichen.registry.subscriptions.conditions import ANYTHING, Conditions, fired, read_conditions
from beichen.registry.subscriptions.register import contexts_of

Document = dict[str, Any]
Key = tuple[int, int]  # an object and a version
_HEAD = frozenset({"id", "type", "scope"})
WAKE = threading.Event()  # set when notifications were queued in this process
_compiled: dict[tuple[int, int, datetime], Conditions] = {}
_COMPILED_LIMIT = 20_000


@dataclass(slots=True)
class Change:
    """What happened to an object: its documents before and after (None where there is none)."""

    object_id: int
    version: int
    verb: str
    before: Document | None
    after: Document | None
    by_trigger: dict[str, set[str]] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """The document that conditions look at: the last one."""
        return self.after or self.before or {}

    @property
    def names(self) -> set[str]:
        """The attributes that changed."""
        return set().union(*self.by_trigger.values())


def conditions_of(row: Subscription) -> Conditions:
    """The conditions of a subscription, read once for each of its versions."""
    key = (row.pk, row.version, row.modified_at)
    found = _compiled.get(key)
    if found is None:
        if len(_compiled) >= _COMPILED_LIMIT:
            _compiled.clear()
        context = context_of(contexts_of(row).conditions)
        found = _compiled[key] = read_conditions(row.parsed(), context)
    return found


def changed_names(
    before: Document | None, after: Document | None, touched: Sequence[str]
) -> dict[str, set[str]]:
    """The attributes by what happened to them; ``touched`` were written, changed or not."""
    found: dict[str, set[str]] = {
        Trigger.ATTRIBUTE_CREATED.value: set(),
        Trigger.ATTRIBUTE_UPDATED.value: set(),
        Trigger.ATTRIBUTE_DELETED.value: set(),
    }
    for name in ({*(before or {}), *(after or {})}) - _HEAD:
        old, new = instances((before or {}).get(name)), instances((after or {}).get(name))
        if new.keys() - old.keys():
            found[Trigger.ATTRIBUTE_CREATED].add(name)
        if old.keys() - new.keys():
            found[Trigger.ATTRIBUTE_DELETED].add(name)
        both = old.keys() & new.keys()
        if any(old[key] != new[key] for key in both) or (both and name in touched and old == new):
            found[Trigger.ATTRIBUTE_UPDATED].add(name)
    return found


def documents_of(rows: Iterable[Object], wanted: Iterable[Key]) -> dict[Key, Document]:
    """Documents by (object, version), as far as they are kept; one query for all that are not present."""
    found: dict[Key, Document] = {}
    asked = set(wanted)
    for row in rows:
        if row.removed_at is None and (row.pk, row.version) in asked:
            found[(row.pk, row.version)] = row.parsed()
    chosen = Q(pk=None)
    for key, version in asked - found.keys():
        if version > 0:
            chosen |= Q(object_id=key, version=version)
    if chosen != Q(pk=None):
        for past in ObjectVersion.objects.filter(chosen):
            found[(past.object_id, past.version)] = orjson.loads(past.document)
    return found


def change_of(event: Event) -> Change | None:
    """The change that an event tells of; None when its versions are gone."""
    data = event.data
    columns = ("id", "version", "document", "removed_at")
    row = Object.objects.filter(code=data["code"]).only(*columns).first()
    if row is None:
        return None
    verb, version = event.type.rpartition(".")[2], int(data["version"])
    wanted = {"created": [version], "removed": [version - 1]}.get(verb, [version, version - 1])
    documents = documents_of([row], [(row.pk, number) for number in wanted])
    after = None if verb == "removed" else documents.get((row.pk, version))
    before = None if verb == "created" else documents.get((row.pk, version - 1))
    if after is None and before is None:
        return None
    change = Change(row.pk, version, verb, before, after)
    change.by_trigger = changed_names(before, after, data.get("attributes", ()))
    return change


def trigger_of(conditions: Conditions, change: Change) -> str:
    """Why the change notifies, as a trigger; empty when it does not."""
    triggers = conditions.triggers
    is_watched = not conditions.watched or not conditions.watched.isdisjoint(change.names)
    if change.verb == "created" and Trigger.ENTITY_CREATED in triggers and is_watched:
        return Trigger.ENTITY_CREATED
    if change.verb == "removed" and Trigger.ENTITY_DELETED in triggers and is_watched:
        return Trigger.ENTITY_DELETED
    if fired(triggers, change.by_trigger, conditions.watched):
        return Trigger.ENTITY_UPDATED if change.verb != "removed" else Trigger.ATTRIBUTE_DELETED
    if change.verb == "changed" and not change.names and not conditions.watched:
        return Trigger.ENTITY_UPDATED if Trigger.ENTITY_UPDATED in triggers else ""
    return ""


def candidates(change: Change, now: datetime) -> list[Subscription]:
    """The active subscriptions that watch something of what changed."""
    document = change.document
    subjects = [document["id"], *types_of(document), ANYTHING]
    watches = Watch.objects.filter(subject__in=subjects, attribute__in=["", *change.names])
    is_live = Q(expires_at=None) | Q(expires_at__gt=now)
    rows = Subscription.objects.filter(is_live, is_active=True, is_withdrawn=False)
    return list(rows.filter(pk__in=watches.order_by().values("subscription")).order_by("pk"))


def note(event: Event, now: datetime | None = None) -> int:
    """Queue the notifications of an event, in the caller's transaction; returns how many."""
    change = change_of(event)
    if change is None:
        return 0
    moment = now or timezone.now()
    notes = []
    for row in candidates(change, moment):
        if row.quiet_until is not None and row.quiet_until > moment:
            continue
        conditions = conditions_of(row)
        trigger = trigger_of(conditions, change)
        if not trigger or not conditions.selects(change.document) or not conditions.holds(change.document):
            continue
        due = max(moment, row.rest_until) if row.rest_until is not None else moment
        notes.append(
            Notification(
                subscription=row,
                object_id=change.object_id,
                object_version=change.version,
                trigger=trigger,
                due_at=due,
                created_at=moment,
            )
        )
        if row.throttling:
            quiet = moment + timedelta(seconds=row.throttling)
            Subscription.objects.filter(pk=row.pk).update(quiet_until=quiet)
    if notes:
        Notification.objects.bulk_create(notes)
        transaction.on_commit(WAKE.set)
    return len(notes)
