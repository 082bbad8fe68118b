"""Writing histories: what clients say of the past, and what of it they remove. The only writers of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import transaction

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.bus.event import identifier
from beichen.problem import Problem, ProblemError, shorten
from beichen.registry.document.changes import types_of
from beichen.registry.document.expansion import Instance
from beichen.registry.history.instance import CREATED, Point, Timeline, Window, aware, moment_of
from beichen.registry.history.reading import TimelineReader
from beichen.registry.models import History, HistoryInstance, Object
from beichen.registry.permissions import READ, Gate
from beichen.registry.problems import TOO_LARGE, bad_data, not_found
from beichen.registry.types import ensure_types

INSTANCES_LIMIT = 10_000  # of one request
KEY_PREFIX = "urn:ngsi-ld:Instance:"


@dataclass(slots=True)
class PastEntity:
    """What a client says of an entity's past: stored names, instances by attribute."""

    urn: str
    types: list[str]
    scopes: list[str] | None = None
    attributes: dict[str, list[Instance]] = field(default_factory=dict)


def _row(history: History, name: str, instance: Instance, now: datetime) -> HistoryInstance:
    observed = instance.get("observedAt")
    return HistoryInstance(
        history=history,
        key=KEY_PREFIX + identifier(),
        attribute=name,
        dataset=instance.get("datasetId", ""),
        document=orjson.dumps(instance).decode(),
        observed_at=moment_of(observed) if isinstance(observed, str) else None,
        created_at=now,
        modified_at=now,
    )


def _record(verb: str, history: History, by: Actor, detail: dict[str, Any] | None = None) -> None:
    audit.record(by, f"registry.history.{verb}", f"registry.history:{history.urn}", detail=detail or {})
    kind = "removed" if verb == "remove" else "changed"
    region = history.region.path if history.region is not None else ""
    bus.publish(
        f"registry.history.{kind}",
        str(history.urn)[:200],
        {"id": history.urn},
        by=by,
        region=region,
        level=history.level,
    )


class HistoryWriter:
    """Writes to the history of one entity as one actor, in the caller's transaction."""

    def __init__(self, urn: str, by: Actor) -> None:
        self.urn = urn
        self.by = by
        self.now = datetime.now(UTC)
        self.gate = Gate(by)
        self.row = History.objects.select_for_update().filter(urn=urn).first()
        present = Object.objects.filter(urn=urn).select_related("type", "region", "body")
        self.object = present.order_by("removed_at", "-id").first()  # the present one, else the last
        self._check()

    def _check(self) -> None:
        for known in (self.row, self.object):
            if known is None:
                continue
            if not access.decide(self.by, READ, known):
                raise not_found(shorten(f"there is no history of {self.urn}"), "/id")
            self.gate.require_write(known.level, known.region, known.body)

    @property
    def exists(self) -> bool:
        """Whether there is a history already."""
        is_own = self.row is not None and self.row.is_own
        return is_own or (self.object is not None and bool(self.timeline(frozenset()).types))

    def timeline(self, attributes: frozenset[str]) -> Timeline:
        """The history as the actor sees it. Raises ProblemError REG-104 when there is none."""
        found = TimelineReader(self.by).read([self.urn], Window(CREATED, attributes=attributes))
        if self.urn not in found:
            raise not_found(shorten(f"there is no history of {self.urn}"), "/id")
        return found[self.urn]

    def history(self, types: Sequence[str], *, is_own: bool) -> History:
        """The row, made when there is none."""
        if self.row is not None:
            return self.row
        kinds = ensure_types(set(types))
        source = self.object
        level = max([kind.level for kind in kinds.values()], default=1)
        if source is not None:
            level = max(level, source.level)
        else:
            self.gate.require_write(level, None, None)
        self.row = History.objects.create(
            urn=self.urn,
            type=kinds[types[0]],
            types=list(types) if is_own else [],
            region=source.region if source is not None else None,
            body=source.body if source is not None else None,
            level=level,
            is_own=is_own,
            created_at=self.now,
            modified_at=self.now,
        )
        return self.row

    def add(self, entity: PastEntity) -> None:
        """Add instances, types and scopes."""
        count = sum(len(listed) for listed in entity.attributes.values())
        if count > INSTANCES_LIMIT:
            message = f"a history takes at most {INSTANCES_LIMIT} instances at once"
            raise ProblemError(Problem(TOO_LARGE, message, hint="send several requests"))
        types = entity.types or (self.row.types if self.row is not None else [])
        if not types and self.object is not None:
            types = types_of(self.object.parsed())
        if not types:
            raise ProblemError(bad_data("a new history has a type", "/type"))
        history = self.history(types, is_own=True)
        ensure_types(set(types))
        history.types = list(dict.fromkeys([*history.types, *types]))
        if entity.scopes is not None:
            history.scopes = entity.scopes
        history.is_own, history.modified_at = True, self.now
        history.save()
        self._store(history, entity)
        _record("write", history, self.by, {"instances": count})

    def _store(self, history: History, entity: PastEntity) -> None:
        """Add rows; an instance of the same dataset and observedAt takes the place of the one before."""
        rows = {}
        for name, listed in entity.attributes.items():
            for instance in listed:
                row = _row(history, name, instance, self.now)
                same = (name, row.dataset, row.observed_at) if row.observed_at is not None else row.key
                rows[same] = row
        known = HistoryInstance.objects.filter(
            history=history,
            attribute__in=entity.attributes,
            observed_at__in={row.observed_at for row in rows.values() if row.observed_at is not None},
        )
        changed = []
        for before in known:
            moment = None if before.observed_at is None else aware(before.observed_at)
            fresh = rows.pop((before.attribute, before.dataset, moment), None)
            if fresh is not None:
                before.document, before.modified_at = fresh.document, self.now
                changed.append(before)
        HistoryInstance.objects.bulk_update(changed, ["document", "modified_at"], batch_size=500)
        HistoryInstance.objects.bulk_create(list(rows.values()), batch_size=1_000)

    def _points(self, name: str) -> list[Point]:
        points = self.timeline(frozenset({name})).points.get(name, [])
        if not points:
            raise not_found(f"the history has no attribute {name}", "/attrId")
        return points

    def _drop(self, name: str, points: Sequence[Point]) -> None:
        """Delete what was written, and hide what versions say."""
        keys = [point.key for point in points]
        types = types_of(self.object.parsed()) if self.object is not None else []
        history = self.history(types, is_own=False)
        written = HistoryInstance.objects.filter(history=history, key__in=keys)
        own = set(written.filter(is_override=False).values_list("key", flat=True))
        written.delete()
        HistoryInstance.objects.bulk_create(
            [
                HistoryInstance(
                    history=history,
                    key=key,
                    attribute=name,
                    document="",
                    created_at=self.now,
                    modified_at=self.now,
                    is_override=True,
                )
                for key in keys
                if key not in own
            ],
            batch_size=1_000,
        )
        _record("write", history, self.by, {"attribute": name, "removed": len(keys)})

    def remove_attribute(self, name: str, dataset: str, *, every: bool) -> None:
        """Remove the instances of an attribute. Raises ProblemError REG-104 when there are none."""
        points = self._points(name)
        chosen = points if every else [point for point in points if point.dataset == dataset]
        if not chosen:
            raise not_found(f"the history has no attribute {name} with this datasetId", "/attrId")
        self._drop(name, chosen)

    def _point(self, name: str, key: str) -> Point:
        point = next((item for item in self._points(name) if item.key == key), None)
        if point is None:
            raise not_found(shorten(f"the history has no instance {key}"), "/instanceId")
        return point

    def remove_instance(self, name: str, key: str) -> None:
        """Remove one instance. Raises ProblemError REG-104."""
        self._drop(name, [self._point(name, key)])

    def change_instance(self, name: str, key: str, patch: Instance) -> None:
        """Change members of one instance, which keeps its id. Raises ProblemError REG-104."""
        point = self._point(name, key)
        kept = {**point.document, **patch}
        types = types_of(self.object.parsed()) if self.object is not None else []
        history = self.history(types, is_own=False)
        row = HistoryInstance.objects.filter(history=history, key=key).first()
        fresh = _row(history, name, kept, self.now)
        if row is None:
            fresh.key, fresh.is_override, fresh.created_at = key, True, point.created_at
            fresh.save()
        else:
            row.document, row.observed_at = fresh.document, fresh.observed_at
            row.dataset, row.modified_at = fresh.dataset, self.now
            row.save()
        _record("write", history, self.by, {"attribute": name, "instance": key})

    def remove(self) -> None:
        """Remove the history: what was written, and from sight what versions say until now."""
        for known in (self.row, self.object):
            if known is not None:
                self.gate.require_remove(known.level, known.region, known.body)
        self.timeline(frozenset())
        if self.object is None and self.row is not None:
            _record("remove", self.row, self.by)
            self.row.delete()
            return
        types = types_of(self.object.parsed()) if self.object is not None else []
        history = self.history(types, is_own=False)
        HistoryInstance.objects.filter(history=history).delete()
        history.is_own, history.from_at, history.modified_at = False, self.now, self.now
        history.types, history.scopes = [], []
        history.save()
        _record("remove", history, self.by)


@transaction.atomic
def write_history(entity: PastEntity, *, by: Actor) -> bool:
    """Create a history or add to it (clause 5.6.11); returns whether it is new.

    Raises ProblemError ACC-403, REG-101, REG-108.
    """
    writer = HistoryWriter(entity.urn, by)
    is_new = not writer.exists
    writer.add(entity)
    return is_new


@transaction.atomic
def add_to_history(entity: PastEntity, *, by: Actor) -> None:
    """Add instances to a history that is there (clause 5.6.12). Raises ProblemError REG-104, ACC-403."""
    writer = HistoryWriter(entity.urn, by)
    writer.timeline(frozenset())
    writer.add(entity)


@transaction.atomic
def remove_from_history(urn: str, name: str, *, dataset: str = "", every: bool = False, by: Actor) -> None:
    """Remove an attribute of a history (clause 5.6.13). Raises ProblemError REG-104, ACC-403."""
    HistoryWriter(urn, by).remove_attribute(name, dataset, every=every)


@transaction.atomic
def change_instance(urn: str, name: str, key: str, patch: Instance, *, by: Actor) -> None:
    """Change one instance (clause 5.6.14). Raises ProblemError REG-104, ACC-403."""
    HistoryWriter(urn, by).change_instance(name, key, patch)


@transaction.atomic
def remove_instance(urn: str, name: str, key: str, *, by: Actor) -> None:
    """Remove one instance (clause 5.6.15). Raises ProblemError REG-104, ACC-403."""
    HistoryWriter(urn, by).remove_instance(name, key)


@transaction.atomic
def remove_history(urn: str, *, by: Actor) -> None:
    """Remove a history (clause 5.6.16). Raises ProblemError REG-104, ACC-403."""
    HistoryWriter(urn, by).remove()
