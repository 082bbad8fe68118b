"""What can be done with objects: write, remove, find. The room's only writers.

Each write is one transaction with its audit record (one a batch) and its events (one an object).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Region
from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry.coded import (
    Coded,
    Offer,
    address_of_code,
    find_coded,
    offers_at,
    register_address,
    register_coded,
    register_offer,
)
from beichen.registry.declaring import TypeFacts, check_narrowing, declare_types
from beichen.registry.document.changes import Result
from beichen.registry.document.expansion import Entity
from beichen.registry.events import publish_objects
from beichen.registry.finding import (
    ObjectPage,
    find_objects,
    object_by_code,
    object_by_urn,
    related,
    versions_of,
)
from beichen.registry.history.instance import (
    HistoryProvider,
    Point,
    Timeline,
    Window,
    add_history_provider,
)
from beichen.registry.history.reading import TimelineReader
from beichen.registry.history.writing import (
    PastEntity,
    add_to_history,
    change_instance,
    remove_from_history,
    remove_history,
    remove_instance,
    write_history,
)
from beichen.registry.keeping import add_context, find_context, list_contexts, remove_context
from beichen.registry.measuring import (
    Measured,
    measured_property,
    measurements_of,
    record_measurements,
)
from beichen.registry.models import Object
from beichen.registry.permissions import READ, REMOVE, WRITE, WRITE_TYPES
from beichen.registry.problems import UNKNOWN
from beichen.registry.record import Record, read_present
from beichen.registry.shown import Shown, count_objects, shown_object, shown_objects
from beichen.registry.sightings import (
    CLOCK,
    Near,
    Sighting,
    clock_values,
    names_of_type,
    nearest_objects,
    seen_type,
    sightings,
)
from beichen.registry.storing import Draft, Outcome, Written
from beichen.registry.subscriptions.register import (
    change_subscription,
    find_subscription,
    notification_context,
    pause_subscription,
    resume_subscription,
    subscribe,
    subscription_status,
    subscriptions_of,
    unsubscribe,
)
from beichen.registry.types import schema_fault, value_faults
from beichen.registry.writing import Writer

__all__ = [
    "CLOCK",
    "READ",
    "REMOVE",
    "WRITE",
    "WRITE_TYPES",
    "Coded",
    "Draft",
    "Entity",
    "HistoryProvider",
    "Measured",
    "Near",
    "ObjectPage",
    "Offer",
    "Outcome",
    "PastEntity",
    "Point",
    "Shown",
    "Sighting",
    "Timeline",
    "TimelineReader",
    "TypeFacts",
    "Window",
    "Written",
    "add_context",
    "add_history_provider",
    "add_to_history",
    "address_of_code",
    "change_instance",
    "change_subscription",
    "check_narrowing",
    "clock_values",
    "count_objects",
    "declare_types",
    "find_coded",
    "find_context",
    "find_objects",
    "find_subscription",
    "list_contexts",
    "measured_property",
    "measurements_of",
    "names_of_type",
    "nearest_objects",
    "notification_context",
    "object_by_code",
    "object_by_urn",
    "offers_at",
    "pause_subscription",
    "place_object",
    "record_measurements",
    "register_address",
    "register_coded",
    "register_offer",
    "related",
    "remove_context",
    "remove_from_history",
    "remove_history",
    "remove_instance",
    "remove_objects",
    "resume_subscription",
    "schema_fault",
    "seen_type",
    "shown_object",
    "shown_objects",
    "sightings",
    "subscribe",
    "subscription_status",
    "subscriptions_of",
    "unsubscribe",
    "value_faults",
    "versions_of",
    "write_history",
    "write_object",
    "write_objects",
]
LISTED = 50  # ids named in one audit record


def _record(action: str, rows: Sequence[Record], *, by: Actor) -> None:
    resource = f"registry.object:{rows[0].urn}" if len(rows) == 1 else "registry.object"
    detail = {"count": len(rows), "objects": [row.urn for row in rows[:LISTED]]}
    audit.record(by, action, resource, detail=detail)


@transaction.atomic
def write_objects(drafts: Sequence[Draft], *, by: Actor) -> Written:
    """Apply drafts in order; what cannot be applied is in ``errors``, everything else is written.

    Raises ProblemError REG-203 when a given code is taken: then nothing is written.
    """
    written = Writer(by, datetime.now(UTC)).write(drafts)
    rows = [*written.created, *written.changed]
    if rows:
        _record("registry.object.write", rows, by=by)
        publish_objects("created", written.created, by=by)
        publish_objects("changed", written.changed, by=by)
    return written


def write_object(draft: Draft, *, by: Actor) -> tuple[Outcome, Result]:
    """Apply one draft. Raises its ProblemError, and then nothing is written."""
    written = write_objects([draft], by=by)
    if 0 in written.errors:
        raise written.errors[0]
    return written.outcomes[0], written.results[0]


@transaction.atomic
def place_object(urn: str, region: Region, *, by: Actor) -> None:
    """Let a present object lie in a region, unless it does; nothing else of it changes, and it is no new
    version. Raises ProblemError ACC-403, REG-104 where there is none of that id."""
    row = read_present([urn], lock=True).get(urn)
    if row is None:
        message = shorten(f"there is no object with the id {urn}")
        raise ProblemError(Problem(UNKNOWN, message, Where(pointer="/id")))
    if row.region is not None and row.region.pk == region.pk:
        return
    gate = Writer(by, datetime.now(UTC)).gate
    gate.require_write(row.level, row.region, row.body)
    gate.require_write(row.level, region, row.body)
    Object.objects.filter(pk=row.id).update(region=region)
    _record("registry.object.place", [row], by=by)


@transaction.atomic
def remove_objects(urns: Sequence[str], *, by: Actor) -> dict[str, ProblemError]:
    """Remove objects softly; what could not be removed comes back by id, everything else is removed."""
    rows = read_present(urns, lock=True)
    errors: dict[str, ProblemError] = {}
    for urn in urns:
        if urn not in rows:
            message = shorten(f"there is no object with the id {urn}")
            errors[urn] = ProblemError(Problem(UNKNOWN, message, Where(pointer="/id")))
    writer = Writer(by, datetime.now(UTC))
    removable: list[Record] = []
    for urn, row in rows.items():
        try:
            writer.gate.require_remove(row.level, row.region, row.body)
        except ProblemError as error:
            errors[urn] = error
        else:
            removable.append(row)
    if removable:
        writer.remove(removable)
        _record("registry.object.remove", removable, by=by)
        publish_objects("removed", removable, by=by)
    return errors
