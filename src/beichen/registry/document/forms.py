"""The attribute types of NGSI-LD (clause 4.5.2 and following) and the members that each may have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """An attribute type: the member that holds its value, and its further members."""

    name: str
    member: str
    further: frozenset[str]


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("Property", "value", frozenset({"unitCode", "valueType"})),
        Form("GeoProperty", "value", frozenset()),
        Form("Relationship", "object", frozenset({"objectType"})),
        Form("LanguageProperty", "languageMap", frozenset({"valueType"})),
        Form("VocabProperty", "vocab", frozenset()),
        Form("JsonProperty", "json", frozenset()),
        Form("ListProperty", "valueList", frozenset({"unitCode"})),
        Form("ListRelationship", "objectList", frozenset({"objectType"})),
    )
}
BY_MEMBER = {
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "json": "JsonProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
    "value": "Property",
}
VALUE_MEMBERS = frozenset(BY_MEMBER)
COMMON = frozenset({"type", "datasetId", "observedAt", "ngsildproof"})
WRITTEN_BY_US = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId", "entity", "entityList"})
OUTPUT_ONLY = frozenset("previous" + member[0].upper() + member[1:] for member in VALUE_MEMBERS) | frozenset(
    {"entityIdSealed", "entityTypeSealed"}
)
RESERVED = (
    VALUE_MEMBERS
    | COMMON
    | WRITTEN_BY_US
    | OUTPUT_ONLY
    | frozenset({"unitCode", "valueType", "objectType", "@context", "expiresAt"})
)
# Core terms that cannot name an attribute of an entity (clause 4.5.1).
NOT_ATTRIBUTES = frozenset({"datasetId", "instanceId", "observedAt", "unitCode", "objectType", "languageMap"})
GEO_ONLY = frozenset({"location", "observationSpace", "operationSpace"})
