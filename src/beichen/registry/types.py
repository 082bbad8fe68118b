"""Types of objects as the writer and the reader use them: found by name, their fields checked.

Names are stored names (:mod:`.document.names`). A type that no scene declared is open: it comes into being
with its first object, and its objects are checked for shape only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson
from django.db import DEFAULT_DB_ALIAS, connection, models

from beichen.kernel.columns import DeclarationField
from beichen.kernel.planned import fetch
from beichen.problem import Problem, Where, nearest, shorten
from beichen.registry.document.changes import instances
from beichen.registry.document.forms import FORMS
from beichen.registry.document.names import to_iri
from beichen.registry.models import ObjectType
from beichen.registry.problems import FIELD

_FIELDS = ObjectType._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
_BY_KIND = {models.JSONField: orjson.loads, DeclarationField: orjson.loads, models.BooleanField: bool}
_READERS: list[Any] = [_BY_KIND.get(type(field)) for field in _FIELDS]
KEYWORDS = frozenset(
    {
        "type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "format", "items", "minItems", "maxItems", "uniqueItems",
        "properties", "additionalProperties",
    }
)  # fmt: skip
_FAMILIES = {
    "point": {"Point", "MultiPoint"},
    "line": {"LineString", "MultiLineString"},
    "polygon": {"Polygon", "MultiPolygon"},
}


def find_types(keys: Iterable[str]) -> dict[str, ObjectType]:
    """The known types among ``keys``, in one query."""
    return {kind.key: kind for kind in map(_type, _rows(keys))}


def _rows(keys: Iterable[str]) -> list[tuple[Any, ...]]:
    wanted = sorted(set(keys))
    if not wanted:
        return []
    marks = ", ".join(["%s"] * len(wanted))
    return fetch(
        connection, f"SELECT {_COLUMNS} FROM {ObjectType._meta.db_table} WHERE key IN ({marks})", wanted
    )


def read_types(keys: Iterable[str]) -> dict[str, ObjectType]:
    """The same for readers: types whose row has not changed are made once, shared, and never changed."""
    return {kind.key: kind for kind in map(_kept_type, _rows(keys))}


@lru_cache(maxsize=1024)
def _kept_type(row: tuple[Any, ...]) -> ObjectType:
    return _type(row)


def _type(row: tuple[Any, ...]) -> ObjectType:
    """A type from its columns; without the ORM's compiler, because every request asks for its types."""
    values = [read(value) if read else value for read, value in zip(_READERS, row, strict=True)]
    return ObjectType.from_db(DEFAULT_DB_ALIAS, _NAMES, values)


def ensure_types(keys: Iterable[str]) -> dict[str, ObjectType]:
    """All of ``keys``; those that are unknown become open types."""
    wanted = list(dict.fromkeys(keys))
    found = find_types(wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        ObjectType.objects.bulk_create(
            [ObjectType(key=key, iri=to_iri(key)) for key in missing], ignore_conflicts=True
        )
        found |= find_types(missing)
    return found


def indexed_names(kinds: Iterable[ObjectType]) -> frozenset[str] | None:
    """The attributes whose values are indexed; None when a type is open and so all are."""
    names: set[str] = set()
    for kind in kinds:
        if not kind.is_declared:
            return None
        names.update(kind.indexed)
        names.update(kind.relations)
    return frozenset(names)


@lru_cache(maxsize=512)
def _compile(schema: bytes) -> Any:
    return jsonschema_rs.validator_for(orjson.loads(schema), validate_formats=True)


def _validator(kind: ObjectType) -> Any:
    """The type's validator, kept by content: a row's key and version come again after a rollback."""
    schema = {"type": "object", "properties": kind.fields, "required": kind.required}
    return _compile(orjson.dumps(schema))


def schema_fault(schema: dict[str, Any]) -> str:
    """Why a field's JSON Schema cannot be used; empty when it can."""
    try:
        jsonschema_rs.validator_for(schema)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return str(error) or "not a JSON Schema"
    return ""


def value_faults(schemas: dict[str, Any], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What of ``values`` does not match the declared fields ``schemas``: name and reason, all at once.

    Words of fields that are no JSON Schema are allowed in ``schemas``; ``required: true`` is one of them.
    """
    plain = {
        name: {key: one for key, one in field.items() if key in KEYWORDS} for name, field in schemas.items()
    }
    needed = [name for name, field in schemas.items() if field.get("required") is True]
    schema = {"type": "object", "properties": plain, "required": needed, "additionalProperties": False}
    return [
        (".".join(str(part) for part in error.instance_path), error.message)
        for error in _compile(orjson.dumps(schema)).iter_errors(dict(values))
    ]


def _pointer(path: list[Any], document: dict[str, Any]) -> str:
    if not path:
        return ""
    name = str(path[0])
    attribute = document.get(name)
    member = FORMS[attribute["type"]].member if isinstance(attribute, dict) else ""
    return "/".join(["", name, member, *(str(part) for part in path[1:])]).rstrip("/")


def _values(kind: ObjectType, document: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for name in kind.fields:
        default = instances(document.get(name)).get("")
        if default is not None:
            values[name] = default[FORMS[default["type"]].member]
    return values


def check_fields(kind: ObjectType, document: dict[str, Any]) -> list[Problem]:
    """Everything in a document that does not match its declared type, each with its JSON pointer."""
    if not kind.is_declared:
        return []
    problems = []
    validator = _validator(kind)
    values = _values(kind, document)
    if not validator.is_valid(values):
        for error in validator.iter_errors(values):
            where = Where(pointer=_pointer(list(error.instance_path), document))
            problems.append(Problem(FIELD, shorten(error.message), where, f"type {kind.key}"))
    return problems + _check_geometry(kind, document) + _check_relations(kind, document)


def _check_geometry(kind: ObjectType, document: dict[str, Any]) -> list[Problem]:
    wanted = _FAMILIES.get(kind.geometry)
    location = instances(document.get("location")).get("")
    if wanted is None or location is None or location["value"].get("type") in wanted:
        return []
    message = f"location is a {location['value'].get('type')}; {kind.key} has a {kind.geometry}"
    return [Problem(FIELD, shorten(message), Where(pointer="/location/value/type"))]


def _check_relations(kind: ObjectType, document: dict[str, Any]) -> list[Problem]:
    problems = []
    for name, declared in kind.relations.items():
        for instance in instances(document.get(name)).values():
            where = Where(pointer=f"/{name}")
            if instance["type"] not in {"Relationship", "ListRelationship"}:
                message = f"{name} is a relationship of {kind.key}"
                problems.append(Problem(FIELD, message, where, nearest("Relationship", ["Relationship"])))
            elif not declared.get("many", True) and isinstance(instance.get("object"), list):
                problems.append(Problem(FIELD, f"{name} has one target", where))
    return problems
