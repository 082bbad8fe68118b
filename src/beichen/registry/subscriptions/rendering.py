"""Writing a notification (clauses 5.3.1, 5.8.6): what its owner may read now, in the form that it chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.bus.event import identifier
from beichen.registry.disclosure import Disclosure
from beichen.registry.document.changes import instances, pack, types_of
from beichen.registry.document.context import Context
from beichen.registry.document.contexts import context_of
from beichen.registry.document.expansion import Instance
from beichen.registry.document.forms import FORMS
from beichen.registry.document.geojson import collection, feature
from beichen.registry.document.languages import parse_languages
from beichen.registry.document.names import NULL
from beichen.registry.document.representation import FORMATS, NORMALIZED, Representation, Stamps, time_text
from beichen.registry.linking import Links
from beichen.registry.models import Notification, Object, Subscription, Trigger
from beichen.registry.permissions import READ
from beichen.registry.query.search import Search
from beichen.registry.subscriptions.conditions import Conditions
from beichen.registry.subscriptions.matching import (
    Change,
    Document,
    changed_names,
    conditions_of,
    documents_of,
    trigger_of,
)
from beichen.registry.subscriptions.register import contexts_of

GEO_JSON, LD_JSON, JSON = "application/geo+json", "application/ld+json", "application/json"
PERIODIC_LIMIT = 1_000
Told = tuple[Document, Document]  # an entity as it is written, and its stored document


@dataclass(slots=True)
class Letter:
    """A notification as it goes out: its body, its media type and the URL of its context."""

    body: bytes
    media_type: str
    context_url: str


@dataclass(slots=True)
class Writer:
    """Writes the notifications of one subscription as one actor."""

    row: Subscription
    actor: Actor
    now: datetime
    settings: dict[str, Any] = field(init=False)
    document: dict[str, Any] = field(init=False)
    conditions: Conditions = field(init=False)
    disclosure: Disclosure = field(init=False)
    links: Links = field(init=False)
    documents: dict[tuple[int, int], Document] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.document = self.row.parsed()
        self.settings = self.document["notification"]
        self.conditions = conditions_of(self.row)
        self.disclosure = Disclosure(self.actor, [])
        self.links = Links(self.actor, self.disclosure)

    def write(self, notes: Sequence[Notification]) -> Letter | None:
        """The letter that tells of ``notes``; None when the actor may read nothing of them."""
        url = contexts_of(self.row).shown
        shown = self._representation(context_of(url))
        found: list[Told] = []
        if notes[0].trigger:
            objects = Object.objects.select_related("region", "body", "type")
            rows = objects.in_bulk([note.object_id for note in notes])
            wanted = [
                (note.object_id, note.object_version - back)
                for note in notes
                for back in (0, 1)
                if note.object_id is not None
            ]
            self.documents = documents_of(rows.values(), wanted)
            for note in notes:
                thing = rows.get(note.object_id)
                if thing is not None and access.decide(self.actor, READ, thing):
                    found += self._told(thing, note, shown)
        else:
            found = self._present(shown)
        self.disclosure.record()
        return self._letter(found, url) if found else None

    def _representation(self, context: Context) -> Representation:
        chosen = self.settings
        shown = Representation(context, FORMATS.get(chosen.get("format", ""), NORMALIZED))
        shown.with_times = bool(chosen.get("sysAttrs"))
        shown.attributes = frozenset(chosen.get("attributes", ()))
        shown.pick = {name: {} for name in chosen.get("pick", ())}
        shown.omit = {name: {} for name in chosen.get("omit", ())}
        if "lang" in self.document:
            shown.languages = parse_languages(self.document["lang"])
        datasets = self.document.get("datasetId", ())
        shown.datasets = frozenset([datasets] if isinstance(datasets, str) else datasets)
        return shown

    # ── what changed ──────────────────────────────────────────────────────────────────────────────

    def _visible(self, thing: Object, document: Document | None) -> Document | None:
        if document is None:
            return None
        withheld = self.disclosure.withheld(thing, types_of(document), document)
        return {name: value for name, value in document.items() if name not in withheld}

    def _told(self, thing: Object, note: Notification, shown: Representation) -> list[Told]:
        earlier = self.documents.get((thing.pk, note.object_version - 1))
        later = self.documents.get((thing.pk, note.object_version))
        verb = "removed" if later is None else "created" if note.object_version == 1 else "changed"
        before, after = self._visible(thing, earlier), self._visible(thing, later)
        change = Change(thing.pk, note.object_version, verb, before, after)
        if before is None and after is None:
            return []
        whole = (earlier, later)
        if (before, after) != whole or self.row.version > 1:
            # Fields are withheld, or the subscription is another by now: does what is left still match?
            touched = [name for name in (after or {}) if name not in (before or {})]
            change.by_trigger = changed_names(before, after, touched)
            is_meant = self.conditions.selects(change.document) and self.conditions.holds(change.document)
            if not is_meant or not (trigger_of(self.conditions, change) or (before, after) == whole):
                return []
        else:
            change.by_trigger = changed_names(before, after, ())
        stamps = Stamps.of(thing.created_at, thing.modified_at, thing.stamps)
        if after is None:
            return [(self._gone(thing, before or {}, shown, stamps), before or {})]
        return self._changed(change, after, shown, stamps)

    def _changed(self, change: Change, after: Document, shown: Representation, stamps: Stamps) -> list[Told]:
        document = dict(after)
        if not {Trigger.ATTRIBUTE_DELETED, Trigger.ENTITY_UPDATED}.isdisjoint(self.conditions.triggers):
            for name in change.by_trigger[Trigger.ATTRIBUTE_DELETED]:
                if not self.conditions.watched or name in self.conditions.watched:
                    document[name] = self._nulled(change.before or {}, after, name)
        join, level = self.settings.get("join", ""), self.settings.get("joinLevel", 1)
        if join == "inline":
            rendered = self.links.inline(document, stamps, shown, level, frozenset())
        else:
            rendered = shown.render(document, stamps)
        if self.settings.get("showChanges"):
            self._show_changes(rendered, shown, change.before or {}, change.names)
        found = [(rendered, after)]
        if join == "flat":
            found += [(item, item) for item in self.links.flat([(document, stamps)], shown, level)]
        return found

    def _null(self, instance: Instance) -> Instance:
        form = instance["type"]
        value: Any = {"@none": NULL} if form == "LanguageProperty" else NULL
        gone: Instance = {"type": form, FORMS[form].member: value}
        if "datasetId" in instance:
            gone["datasetId"] = instance["datasetId"]
        if self.settings.get("sysAttrs"):
            gone["deletedAt"] = time_text(self.now)
        return gone

    def _nulled(self, before: Document, after: Document, name: str) -> Any:
        """An attribute of which instances are gone: these as the Null, or one Null for all."""
        old, new = instances(before.get(name)), instances(after.get(name))
        gone = {dataset: self._null(item) for dataset, item in old.items() if dataset not in new}
        if not new and len(gone) > 1:
            only = dict(next(iter(gone.values())))
            only.pop("datasetId", None)
            return only
        return pack({**new, **gone})

    def _gone(self, thing: Object, before: Document, shown: Representation, stamps: Stamps) -> Document:
        """A removed entity: its id, its type, when it went, and the attributes that went with it."""
        head = {name: before[name] for name in ("id", "type")}
        with_changes = bool(self.settings.get("showChanges"))
        if with_changes or Trigger.ATTRIBUTE_DELETED in self.conditions.triggers:
            watched = self.conditions.watched
            names = [name for name in before if name not in {"id", "type", "scope"}]
            for name in names:
                if with_changes or not watched or name in watched:
                    head[name] = self._nulled(before, {}, name)
        rendered = shown.render(head, stamps)
        rendered["deletedAt"] = time_text(thing.removed_at or self.now)
        if with_changes:
            self._show_changes(rendered, shown, before, set(head) - {"id", "type"})
        return rendered

    def _show_changes(
        self, rendered: Document, shown: Representation, before: Document, names: set[str]
    ) -> None:
        """Add the values that attributes had before (clause 4.5.0, previousValue and the like)."""
        for name in names:
            key = shown.context.compact(name)
            old = instances(before.get(name))
            now = rendered.get(key)
            for item in now if isinstance(now, list) else [now]:
                previous = old.get(item.get("datasetId", "")) if isinstance(item, dict) else None
                if previous is None or not isinstance(item, dict):
                    continue
                member = FORMS[previous["type"]].member
                value = shown.value_of(previous)
                if item.get(member) != value:
                    item[f"previous{member[0].upper()}{member[1:]}"] = value

    # ── what is there ─────────────────────────────────────────────────────────────────────────────

    def _present(self, shown: Representation) -> list[Told]:
        """All entities that are watched, as they are (a periodic notification)."""
        rows, _more = Search(self.conditions.query(), self.actor).page(PERIODIC_LIMIT)
        found = []
        for row in rows:
            document = self.disclosure.read(row.id, row.document)
            stamps = Stamps.of(row.created_at, row.modified_at, row.stamps)
            found.append((shown.render(document, stamps), document))
        return found

    def _letter(self, found: Sequence[Told], url: str) -> Letter:
        media_type = self.settings["endpoint"].get("accept", JSON)
        data: Any = [rendered for rendered, _ in found]
        body: dict[str, Any] = {
            "id": f"urn:ngsi-ld:Notification:{identifier()}",
            "type": "Notification",
            "subscriptionId": self.row.urn,
            "notifiedAt": time_text(self.now),
        }
        if media_type == LD_JSON:
            data = [{**rendered, "@context": url} for rendered in data]
            body["@context"] = url
        elif media_type == GEO_JSON:
            features = [feature(rendered, document, "location") for rendered, document in found]
            data = collection(features, url)
        body["data"] = data
        return Letter(orjson.dumps(body), LD_JSON if media_type == LD_JSON else JSON, url)
