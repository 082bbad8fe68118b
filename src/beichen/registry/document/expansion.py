"""From an NGSI-LD payload to the document that is kept: names expanded, concise forms made normal, checked.

Everything that is wrong with a payload is found before anything is refused, each with a JSON pointer
(clauses 4.5 to 4.7, 5.5.4). Values stay as they are: the house keeps what it was given.

Long because the rules of one payload refer to each other: an expander holds the mistakes of all its parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from beichen.registry.document.forms import (
    BY_MEMBER,
    COMMON,
    FORMS,
    GEO_ONLY,
    NOT_ATTRIBUTES,
    RESERVED,
    VALUE_MEMBERS,
    WRITTEN_BY_US,
)
from beichen.registry.document.names import CORE, NULL, is_name, is_uri
from beichen.registry.document.values import Nulls, Values, is_entity_id, is_utc_time
from beichen.registry.geometry import GEOMETRY_TYPES

Instance = dict[str, Any]
Attribute = Instance | list[Instance]
SUB_LIMIT = 8
UNSAID = ""  # the form of a patch that names neither a type nor a value
_SCOPE = re.compile(r"/?[^\W\d_]\w*(/[^\W\d_]\w*)*\Z")


@dataclass(slots=True)
class Entity:
    """An entity as it is kept: stored names, normalised attributes without id, type and scope."""

    urn: str
    types: list[str]
    scopes: list[str] | None
    attributes: dict[str, Attribute] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The stored document."""
        head: dict[str, Any] = {
            "id": self.urn,
            "type": self.types[0] if len(self.types) == 1 else self.types,
        }
        if self.scopes:
            head["scope"] = self.scopes[0] if len(self.scopes) == 1 else self.scopes
        return {**head, **self.attributes}


def entity_of(document: dict[str, Any]) -> Entity:
    """The entity of a stored document; shares its attributes."""
    types, scopes = document["type"], document.get("scope")
    return Entity(
        document["id"],
        [types] if isinstance(types, str) else list(types),
        [scopes] if isinstance(scopes, str) else scopes,
        {name: value for name, value in document.items() if name not in {"id", "type", "scope"}},
    )


def is_null(instance: Instance) -> bool:
    """Whether an instance asks for its own removal (clause 4.5.0)."""
    for member in VALUE_MEMBERS:
        value = instance.get(member)
        if value == NULL or (
            member == "languageMap" and isinstance(value, dict) and value.get("@none") == NULL
        ):
            return True
    return False


class Expander(Values):
    """Expands payloads by one context, collecting problems."""

    # ── the entity ────────────────────────────────────────────────────────────────────────────────

    def entity(self, payload: Any, urn: str | None = None, *, needs_type: bool = True) -> Entity:
        """A whole entity or, with ``urn`` known, a fragment of it. Check :attr:`problems` afterwards."""
        if not isinstance(payload, dict):
            self.wrong("an entity is an object", "")
            return Entity(urn or "", [], None)
        found = self._id(payload.get("id", payload.get("@id")), urn)
        types = self._types(payload.get("type", payload.get("@type")), needed=needs_type)
        scopes = self.scopes(payload["scope"]) if "scope" in payload else None
        return Entity(found, types, scopes, self.attributes(payload))

    def _id(self, value: Any, urn: str | None) -> str:
        if value is None and urn is not None:
            return urn
        if not is_entity_id(value):
            self.wrong("an entity's id is a URI", "/id", "such as urn:ngsi-ld:Building:1")
            return ""
        if urn is not None and value != urn:
            self.wrong("the id differs from the one in the path", "/id", urn)
        return str(value)

    def _types(self, value: Any, *, needed: bool) -> list[str]:
        if value is None and not needed:
            return []
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(item, str) and is_name(item) for item in values):
            self.wrong("type is a name or a list of names", "/type", "a letter, then letters, digits or _")
            return []
        found = list(dict.fromkeys(self.context.expand(item) for item in values))
        if any(CORE.get(item, "").startswith("@") for item in found):
            self.wrong("a keyword of JSON-LD cannot name a type", "/type")
        return found

    def scopes(self, value: Any) -> list[str]:
        """Scopes (clause 4.18), each with its leading slash; empty for the Null where it may stand."""
        if value == NULL and self.nulls is not Nulls.NEVER:
            return []
        values = value if isinstance(value, list) else [value]
        for item in values:
            if not isinstance(item, str) or not _SCOPE.match(item) or len(item) > 300:
                self.wrong("a scope is a path such as /Madrid/Gardens", "/scope")
                return []
        return list(dict.fromkeys(item if item.startswith("/") else f"/{item}" for item in values))

    # ── attributes ────────────────────────────────────────────────────────────────────────────────

    def attributes(self, payload: dict[str, Any]) -> dict[str, Attribute]:
        """The attributes of an entity's payload by stored name."""
        expand = self.context.expand
        attributes: dict[str, Attribute] = {}
        for name, value in payload.items():
            if name in _HEAD:
                continue
            if not is_name(name) or name in NOT_ATTRIBUTES:
                self.wrong(f"{name!r} cannot name an attribute", f"/{name}")
                continue
            stored = expand(name)
            if _is_plain(value) and stored not in GEO_ONLY:
                attributes[stored] = value
                continue
            attribute = self.attribute(stored, value, f"/{name}")
            if attribute is not None:
                attributes[stored] = attribute
        return attributes

    def attribute(self, name: str, value: Any, pointer: str) -> Attribute | None:
        """One attribute: an instance, or several that differ in datasetId (clause 4.5.5)."""
        if isinstance(value, list) and _is_multiple(value):
            instances = [self.instance(name, item, f"{pointer}/{n}", 0) for n, item in enumerate(value)]
            kept = [item for item in instances if item is not None]
            datasets = [item.get("datasetId") for item in kept]
            if len(set(datasets)) != len(datasets):
                self.wrong("two instances have the same datasetId", pointer)
            return kept[0] if len(kept) == 1 else kept
        return self.instance(name, value, pointer, 0)

    def instance(self, name: str, value: Any, pointer: str, depth: int) -> Instance | None:
        """One instance in its normalised form; None and a problem when it is not valid."""
        if depth > SUB_LIMIT:
            self.wrong(f"attributes of attributes nest at most {SUB_LIMIT} deep", pointer)
            return None
        if value is None:
            self.wrong("an attribute cannot be null", pointer, f"to remove it, use {NULL}")
            return None
        if not isinstance(value, dict):
            value = {"type": "Property", "value": value}
        form = self._form(value, pointer)
        if form is None:
            return None
        if form == "GeoProperty" and "value" not in value and value.get("type") in GEOMETRY_TYPES:
            value = {"value": value}
        if name in GEO_ONLY and form not in {"GeoProperty", UNSAID} and not is_null(value):
            self.wrong(f"{name} is a GeoProperty", pointer)
            return None
        return self._members(form, value, pointer, depth)

    def _form(self, value: dict[str, Any], pointer: str) -> str | None:
        kind = value.get("type", value.get("@type"))
        if kind is None:
            return self._concise_form(value, pointer)
        if isinstance(kind, str):
            if kind in FORMS:
                return kind
            if kind in GEOMETRY_TYPES and "coordinates" in value:
                return "GeoProperty"
            stored = self.context.expand(kind) if is_name(kind) else kind
            if stored in FORMS:
                return stored
        self.wrong(f"{str(kind)[:40]!r} is no attribute type", f"{pointer}/type", "Property, Relationship, …")
        return None

    def _concise_form(self, value: dict[str, Any], pointer: str) -> str | None:
        for member, form in BY_MEMBER.items():
            if member in value:
                inner = value[member]
                if form == "Property" and isinstance(inner, dict) and inner.get("type") in GEOMETRY_TYPES:
                    return "GeoProperty"
                return form
        if self.is_patch:
            return UNSAID
        self.wrong("an attribute has a value, object or languageMap", pointer)
        return None

    def _members(self, form_name: str, value: dict[str, Any], pointer: str, depth: int) -> Instance | None:
        if form_name == UNSAID:
            unsaid: Instance = {}
            self.further("Property", value, unsaid, pointer, depth)
            return unsaid
        form = FORMS[form_name]
        if self.is_patch and form.member not in value:
            patch: Instance = {"type": form_name}
            self.further(form_name, value, patch, pointer, depth)
            return patch
        main = value.get(form.member)
        if main is None and form_name != "JsonProperty":
            self.wrong(f"a {form_name} has {form.member}, and it is not null", f"{pointer}/{form.member}")
            return None
        if form.member not in value:
            self.wrong(f"a {form_name} has {form.member}", pointer)
            return None
        instance: Instance = {"type": form_name, form.member: self.main(form_name, main, pointer)}
        if len(value) > 2 or "type" not in value:
            self.further(form_name, value, instance, pointer, depth)
        return instance

    def further(
        self, form_name: str, value: dict[str, Any], instance: Instance, pointer: str, depth: int
    ) -> None:
        """Put the members beside the value into ``instance``: metadata, and attributes of the attribute."""
        form = FORMS[form_name]
        for member, item in value.items():
            if member in {form.member, "type", "@type"} or member in WRITTEN_BY_US:
                continue
            if member == "valueType" and form_name == "LanguageProperty" and item != "langString":
                self.wrong("the valueType of a LanguageProperty is langString", f"{pointer}/valueType")
            elif member in COMMON or member in form.further:
                checked = self._metadata(member, item, f"{pointer}/{member}")
                if checked is not None:
                    instance[member] = checked
            elif member in RESERVED:
                self.wrong(f"{member} cannot stand in a {form_name}", f"{pointer}/{member}")
            elif not is_name(member):
                self.wrong(f"{member[:40]!r} cannot name an attribute", f"{pointer}/{member}")
            else:
                stored = self.context.expand(member)
                sub = self.sub_attribute(stored, item, f"{pointer}/{member}", depth + 1)
                if sub is not None:
                    instance[stored] = sub

    def sub_attribute(self, name: str, value: Any, pointer: str, depth: int) -> Attribute | None:
        """An attribute of an attribute."""
        if isinstance(value, list) and _is_multiple(value):
            found = [self.instance(name, item, f"{pointer}/{n}", depth) for n, item in enumerate(value)]
            return [item for item in found if item is not None]
        return self.instance(name, value, pointer, depth)

    def _metadata(self, member: str, value: Any, pointer: str) -> Any:
        if value == NULL and self.nulls is not Nulls.NEVER:
            return value
        if member == "observedAt" and not is_utc_time(value):
            self.wrong("observedAt is a UTC time", pointer, "such as 2026-08-01T12:00:00Z")
        elif member == "datasetId":
            if value == "@none":
                return None
            if not is_uri(value):
                self.wrong("datasetId is a URI", pointer)
        elif member in {"unitCode", "valueType"} and not isinstance(value, str):
            self.wrong(f"{member} is a text", pointer)
        elif member == "objectType":
            return self.names(value, pointer)
        elif member == "ngsildproof" and not isinstance(value, dict):
            self.wrong("ngsildproof is an object", pointer)
        return value


_HEAD = frozenset({"id", "@id", "type", "@type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt"})


_PLAIN = frozenset({str, int, float, bool})


def _is_plain(value: Any) -> bool:
    """Whether an attribute is a Property of one plain value and nothing else: kept as it came."""
    if type(value) is not dict or len(value) != 2 or value.get("type") != "Property":
        return False
    inner = value.get("value")
    return type(inner) in _PLAIN and inner != NULL


def _is_multiple(value: list[Any]) -> bool:
    """Whether a list is several instances, not one concise value that is a list."""
    return bool(value) and all(
        isinstance(item, dict) and ("type" in item or not VALUE_MEMBERS.isdisjoint(item)) for item in value
    )
