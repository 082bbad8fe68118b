"""Reading timelines: versions of objects, what clients wrote about the past, and other rooms' instances."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
from django.db.models import Q

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.registry.disclosure import Disclosure
from beichen.registry.document.changes import Document, instances, types_of
from beichen.registry.document.expansion import Instance
from beichen.registry.document.forms import FORMS
from beichen.registry.document.names import NULL
from beichen.registry.document.representation import time_text
from beichen.registry.history.instance import (
    DELETED,
    OBSERVED,
    SCOPE,
    Point,
    Timeline,
    Window,
    aware,
    providers,
)
from beichen.registry.models import History, HistoryInstance, Object, ObjectVersion
from beichen.registry.permissions import READ

VERSIONS_LIMIT = 5_000  # of one object, the newest
WRITTEN_LIMIT = 50_000  # instances of one history
Version = tuple[int, Document, datetime]  # its number, its document, since when it was valid
_HEAD = frozenset({"id", "type", "scope"})


def instance_key(row: Object, version: int, name: str, dataset: str) -> str:
    """The instanceId of an attribute that began with a version: the same whenever it is read."""
    text = f"{row.code}\n{version}\n{name}\n{dataset}"
    return f"urn:ngsi-ld:Instance:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _gone(instance: Instance) -> Instance:
    form = instance["type"]
    value = {"@none": NULL} if form == "LanguageProperty" else NULL
    found: Instance = {"type": form, FORMS[form].member: value}
    if "datasetId" in instance:
        found["datasetId"] = instance["datasetId"]
    return found


def _scope_of(document: Document) -> list[str]:
    value = document.get(SCOPE, [])
    return [value] if isinstance(value, str) else value


class Unfolding:
    """Unfolds the versions of one object into the instances that each of them began."""

    def __init__(self, row: Object, timeline: Timeline, window: Window, hidden: set[str]) -> None:
        self.row = row
        self.timeline = timeline
        self.window = window
        self.hidden = hidden
        self.created: dict[tuple[str, str], datetime] = {}
        self.before: Document = {}
        self.number = 0

    def unfold(self, versions: Sequence[Version], withheld: Iterable[str]) -> None:
        """``versions`` are (number, document, since), the oldest first."""
        names = frozenset(withheld)
        for number, document, since in versions:
            visible = {name: value for name, value in document.items() if name not in names}
            self._step(number, visible, since)
            self.timeline.add_types(types_of(document))
        if self.row.removed_at is not None:
            self._step(self.row.version, {}, aware(self.row.removed_at))
            self.timeline.deleted_at = aware(self.row.removed_at)

    def _step(self, number: int, document: Document, since: datetime) -> None:
        for name in (self.before.keys() | document.keys()) - _HEAD:
            if self.window.attributes and name not in self.window.attributes:
                continue
            old, new = instances(self.before.get(name)), instances(document.get(name))
            for dataset, instance in new.items():
                if old.get(dataset) != instance:
                    self._began(number, name, dataset, instance, since)
            for dataset, instance in old.items():
                if dataset not in new:
                    self._ended(number, name, dataset, _gone(instance), since)
        if document and (_scope_of(document) != _scope_of(self.before)):
            self._scope(number, document, since)
        self.before = document

    def _began(self, number: int, name: str, dataset: str, instance: Instance, since: datetime) -> None:
        created = self.created.setdefault((name, dataset), since)
        key = instance_key(self.row, number, name, dataset)
        if key not in self.hidden:
            self.timeline.add(Point(name, key, instance, created, since))

    def _ended(self, number: int, name: str, dataset: str, gone: Instance, since: datetime) -> None:
        created = self.created.pop((name, dataset), since)
        key = instance_key(self.row, number, name, dataset)
        if self.window.time_property == DELETED and key not in self.hidden:
            self.timeline.add(Point(name, key, gone, created, since, since))

    def _scope(self, number: int, document: Document, since: datetime) -> None:
        scopes = _scope_of(document)
        value: Instance = {"type": "Property", "value": scopes, OBSERVED: time_text(since)}
        created = self.created.setdefault((SCOPE, ""), since)
        gone = None if scopes else since
        if scopes or self.window.time_property == DELETED:
            key = instance_key(self.row, number, SCOPE, "")
            self.timeline.add(Point(SCOPE, key, value, created, since, gone))
        self.timeline.scopes = scopes


def _versions(rows: Sequence[Object], since: dict[int, datetime | None]) -> dict[int, list[Version]]:
    """The versions of objects, the oldest first, each list with at most :data:`VERSIONS_LIMIT`."""
    found: dict[int, list[Version]] = {row.pk: [] for row in rows}
    chosen = Q(pk=None)
    for row in rows:
        newest = Q(object_id=row.pk, version__gt=row.version - VERSIONS_LIMIT)
        hidden_before = since.get(row.pk)
        chosen |= newest if hidden_before is None else newest & Q(valid_from__gte=hidden_before)
    past = ObjectVersion.objects.filter(chosen).order_by("object_id", "version")
    for key, number, text, start in past.values_list("object_id", "version", "document", "valid_from"):
        found[key].append((number, orjson.loads(text), aware(start)))
    for row in rows:
        hidden_before = since.get(row.pk)
        is_hidden = hidden_before is not None and aware(row.modified_at) < hidden_before
        if row.removed_at is None and not is_hidden:
            found[row.pk].append((row.version, row.parsed(), aware(row.modified_at)))
    return found


class TimelineReader:
    """Reads the timelines of some ids as one actor."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.disclosure = Disclosure(actor, [])

    def read(self, urns: Sequence[str], window: Window) -> dict[str, Timeline]:
        """The timelines of those ids that have one which the actor may see, in the order of ``urns``."""
        objects = Object.objects.filter(urn__in=urns).select_related("type", "region", "body")
        rows = list(access.visible(self.actor, READ, objects).order_by("id"))
        kept = History.objects.filter(urn__in=urns).select_related("type", "region", "body")
        histories = {row.urn: row for row in access.visible(self.actor, READ, kept)}
        hidden = set(
            HistoryInstance.objects.filter(
                history__in=[history.pk for history in histories.values()], is_override=True
            ).values_list("key", flat=True)
        )
        found: dict[str, Timeline] = {}
        self._unfold(rows, histories, window, hidden, found)
        for history in histories.values():
            self._written(history, window, found)
        for provider in providers():
            provider.read(found, window, self.actor)
        return {urn: found[urn] for urn in urns if urn in found}

    def _unfold(
        self,
        rows: Sequence[Object],
        histories: dict[str, History],
        window: Window,
        hidden: set[str],
        found: dict[str, Timeline],
    ) -> None:
        since = {row.pk: histories[row.urn].from_at for row in rows if row.urn in histories}
        since = {key: None if value is None else aware(value) for key, value in since.items()}
        versions = _versions(rows, since)
        for row in rows:
            listed = versions[row.pk]
            if not listed:
                continue
            timeline = found.setdefault(str(row.urn), Timeline(str(row.urn)))
            names = {name for _, document, _ in listed for name in document}
            withheld = self.disclosure.withheld(row, types_of(listed[-1][1]), names)
            timeline.span(row.created_at, row.modified_at)
            timeline.is_cut = timeline.is_cut or len(listed) >= VERSIONS_LIMIT
            Unfolding(row, timeline, window, hidden).unfold(listed, withheld)

    def _written(self, history: History, window: Window, found: dict[str, Timeline]) -> None:
        if not history.is_own and history.urn not in found:
            return
        timeline = found.setdefault(str(history.urn), Timeline(str(history.urn)))
        timeline.add_types(history.types)
        timeline.scopes = timeline.scopes or list(history.scopes)
        timeline.span(history.created_at, history.modified_at)
        rows = HistoryInstance.objects.filter(history=history).exclude(document="")
        if window.attributes:
            rows = rows.filter(attribute__in=[*window.attributes, SCOPE])
        if window.time_property == OBSERVED:
            if window.start is not None:
                rows = rows.exclude(~Q(attribute=SCOPE), observed_at__lt=window.start)
            if window.end is not None:
                rows = rows.exclude(observed_at__gt=window.end)
        listed = list(rows.order_by("id")[: WRITTEN_LIMIT + 1])
        timeline.is_cut = timeline.is_cut or len(listed) > WRITTEN_LIMIT
        scopes = [row for row in listed if row.attribute == SCOPE and row.observed_at is not None]
        if scopes:
            latest = max(scopes, key=lambda row: (row.observed_at, row.pk))
            value = orjson.loads(latest.document).get("value", [])
            timeline.scopes = [value] if isinstance(value, str) else value
        names = {row.attribute for row in listed}
        withheld = self.disclosure.withheld(history, history.types, names)
        for row in listed[:WRITTEN_LIMIT]:
            if row.attribute not in withheld:
                document = orjson.loads(row.document)
                point = Point(row.attribute, row.key, document, aware(row.created_at), aware(row.modified_at))
                timeline.add(point)
