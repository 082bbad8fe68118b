"""From a stored document to what a client asked for (clauses 4.5.2 to 4.5.5, 4.15, 4.21, 6.3.7).

The plain normalised representation under the core context is the stored text itself; everything else
goes through :meth:`Representation.render`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from beichen.registry.document.changes import instances
from beichen.registry.document.context import CORE_ONLY, Context
from beichen.registry.document.expansion import Attribute, Instance
from beichen.registry.document.forms import FORMS
from beichen.registry.document.languages import choose
from beichen.registry.document.projection import Projection

Document = dict[str, Any]
NORMALIZED, CONCISE, SIMPLIFIED = "normalized", "concise", "simplified"
FORMATS = {
    "normalized": NORMALIZED,
    "concise": CONCISE,
    "keyValues": SIMPLIFIED,
    "simplified": SIMPLIFIED,
}
_HEAD = ("id", "type", "scope")
_METADATA = frozenset(
    {"type", "datasetId", "observedAt", "unitCode", "valueType", "objectType", "ngsildproof"}
)


def time_text(moment: datetime) -> str:
    """A time as NGSI-LD writes it: UTC, milliseconds, Z. SQLite gives times without a zone; they are UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Stamps:
    """Creation and modification times of an object and of its attributes."""

    created: str
    modified: str
    attributes: dict[str, list[str]]

    @classmethod
    def of(cls, created: datetime, modified: datetime, stamps: str) -> Stamps:
        """From an object's columns."""
        return cls(time_text(created), time_text(modified), orjson.loads(stamps) if stamps else {})

    def attribute(self, name: str, dataset: str) -> tuple[str, str]:
        """Creation and modification of one instance."""
        found = self.attributes.get(f"{name}\n{dataset}" if dataset else name)
        if found is None:
            return self.created, self.created
        return found[0] or self.created, found[1]


@dataclass(slots=True)
class Representation:
    """How to show documents. ``attributes`` are those of attrs; pick and omit are projections."""

    context: Context = CORE_ONLY
    format: str = NORMALIZED
    with_times: bool = False
    attributes: frozenset[str] = frozenset()
    pick: Projection = field(default_factory=dict)
    omit: Projection = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    datasets: frozenset[str] = frozenset()

    @property
    def is_stored(self) -> bool:
        """Whether the stored text is already the answer."""
        plain = self.context.is_core and self.format == NORMALIZED and not self.with_times
        chosen = self.attributes or self.pick or self.omit or self.languages or self.datasets
        return plain and not chosen

    def inner(self, name: str) -> Representation:
        """How to show the entity that relationship ``name`` leads to."""
        pick, omit = self.pick.get(name, {}), self.omit.get(name, {})
        return Representation(
            self.context, self.format, self.with_times, frozenset(), pick, omit, self.languages, self.datasets
        )

    def render(
        self, document: Document, stamps: Stamps | None = None, linked: dict[str, Any] | None = None
    ) -> Document:
        """The representation of a stored document. ``linked`` holds rendered entities by id, to inline."""
        shown: Document = {}
        for name in _HEAD:
            if name in document and self.shows(name):
                shown[name] = self._names(document[name]) if name == "type" else document[name]
        if self.with_times and stamps is not None:
            if self.shows("createdAt"):
                shown["createdAt"] = stamps.created
            if self.shows("modifiedAt"):
                shown["modifiedAt"] = stamps.modified
        compact = self.context.compact
        for name, attribute in document.items():
            if name in _HEAD or not self.shows(name):
                continue
            chosen = self._chosen(attribute)
            if chosen:
                shown[compact(name)] = self._attribute(name, chosen, stamps, (linked or {}).get(name))
        return shown

    def shows(self, name: str) -> bool:
        """Whether a member of an entity is shown."""
        if self.attributes and name not in self.attributes and name not in _ALWAYS:
            return False
        if self.pick and name not in self.pick:
            return False
        return name not in self.omit or bool(self.omit[name])

    def _chosen(self, attribute: Attribute) -> dict[str, Instance]:
        found = instances(attribute)
        if not self.datasets:
            return found
        return {key: item for key, item in found.items() if (key or "@none") in self.datasets}

    def _names(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.context.compact(item) for item in value]
        return self.context.compact(value)

    def _attribute(
        self, name: str, found: dict[str, Instance], stamps: Stamps | None, linked: dict[str, Any] | None
    ) -> Any:
        if self.format == SIMPLIFIED:
            values = {key: self._simple(instance, linked) for key, instance in found.items()}
            if list(values) == [""]:
                return values[""]
            return {"dataset": {key or "@none": value for key, value in values.items()}}
        shown = []
        for dataset, instance in found.items():
            times = stamps.attribute(name, dataset) if self.with_times and stamps else None
            shown.append(self.instance_of(instance, times, linked))
        return shown[0] if len(shown) == 1 else shown

    # ── one instance ──────────────────────────────────────────────────────────────────────────────

    def value_of(self, instance: Instance) -> Any:
        """The value of an instance as this representation writes it."""
        form = instance["type"]
        value = instance[FORMS[form].member]
        if form == "VocabProperty":
            return self._names(value)
        if form == "ListRelationship" and self.format == SIMPLIFIED:
            return [item["object"] for item in value]
        return value

    def _simple(self, instance: Instance, linked: dict[str, Any] | None) -> Any:
        form, value = instance["type"], self.value_of(instance)
        if form in {"Relationship", "ListRelationship"} and linked:
            targets = value if isinstance(value, list) else [value]
            inlined = [linked.get(target, target) for target in targets]
            return inlined if isinstance(value, list) else inlined[0]
        if form == "LanguageProperty":
            return value[choose(value, self.languages)] if self.languages else {"languageMap": value}
        if form == "VocabProperty":
            return {"vocab": value}
        if form == "JsonProperty":
            return {"json": value}
        return value

    def instance_of(
        self, instance: Instance, times: tuple[str, str] | None, linked: dict[str, Any] | None = None
    ) -> Any:
        """One instance with its members; ``times`` are its creation and modification."""
        form = instance["type"]
        member = FORMS[form].member
        shown: Instance = {"type": form}
        for name, value in instance.items():
            if name == member:
                self._main(shown, form, member, instance)
            elif name in _METADATA:
                shown[name] = self._names(value) if name == "objectType" else value
            else:
                shown[self.context.compact(name)] = self._sub(value, times)
        if times is not None:
            shown["createdAt"], shown["modifiedAt"] = times
        if linked:
            self._inline(shown, instance, linked)
        return _concise(shown, form) if self.format == CONCISE else shown

    def _main(self, shown: Instance, form: str, member: str, instance: Instance) -> None:
        value = self.value_of(instance)
        if form == "LanguageProperty" and self.languages:
            tag = choose(value, self.languages)
            shown["type"], shown["value"] = "Property", value.get(tag)
            if tag != "@none":
                shown["lang"] = tag
            return
        shown[member] = value

    def _sub(self, value: Any, times: tuple[str, str] | None) -> Any:
        if isinstance(value, list):
            return [self.instance_of(item, times, None) for item in value]
        return self.instance_of(value, times, None) if isinstance(value, dict) and "type" in value else value

    def _inline(self, shown: Instance, instance: Instance, linked: dict[str, Any]) -> None:
        targets = instance.get("object")
        if instance["type"] == "ListRelationship":
            found = [linked[item["object"]] for item in instance["objectList"] if item["object"] in linked]
            if found:
                shown["entityList"] = found
        elif isinstance(targets, list):
            found = [linked[target] for target in targets if target in linked]
            if found:
                shown["entity"] = found
        elif targets in linked:
            shown["entity"] = linked[targets]


_TAKEN = frozenset({"type", "value"})
_ALWAYS = frozenset({"id", "type", "scope", "createdAt", "modifiedAt"})


def _concise(shown: Instance, form: str) -> Any:
    """The concise form of a rendered instance (clause 4.5.2.3)."""
    kind = shown.pop("type")
    if kind in {"Property", "GeoProperty"} and list(shown) == ["value"]:
        value = shown["value"]
        is_ambiguous = (
            isinstance(value, dict) and kind == "Property" and bool({"type", "value"} & value.keys())
        )
        return shown if is_ambiguous else value
    return shown
