"""What of a document goes into the indexes: values, relations, shapes, and which attributes it uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beichen.registry.document.expansion import Instance
from beichen.registry.document.names import to_iri
from beichen.registry.document.values import is_utc_time
from beichen.registry.geometry import Shape, shape_of
from beichen.registry.models import TEXT_LENGTH, ValueKind

ValueRow = tuple[str, int, float | None, str | None]
_HEAD = frozenset({"id", "type", "scope"})
_NUMBER, _TEXT, _TIME, _TRUTH = (
    int(kind) for kind in (ValueKind.NUMBER, ValueKind.TEXT, ValueKind.TIME, ValueKind.TRUTH)
)
FLOAT_LIMIT = 1e300


@dataclass(slots=True)
class Derived:
    """The index rows of one document; equal ones need no writing."""

    name: str = ""
    values: list[ValueRow] = field(default_factory=list)
    relations: list[tuple[str, str]] = field(default_factory=list)
    shapes: list[tuple[str, Shape]] = field(default_factory=list)
    uses: set[tuple[str, str]] = field(default_factory=set)


def seconds_of(text: str) -> float:
    """A UTC time of clause 4.6.3 as seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def _text_rows(attribute: str, value: str) -> Iterable[ValueRow]:
    if "\x00" in value:
        return
    yield attribute, _TEXT, None, value[:TEXT_LENGTH]
    if 20 <= len(value) <= 27 and value[10] == "T" and is_utc_time(value):
        yield attribute, _TIME, seconds_of(value), None


def _value_rows(attribute: str, value: Any) -> Iterable[ValueRow]:
    if isinstance(value, str):
        yield from _text_rows(attribute, value)
    elif isinstance(value, bool):
        yield attribute, _TRUTH, float(value), None
    elif isinstance(value, (int, float)):
        if abs(value) < FLOAT_LIMIT:
            yield attribute, _NUMBER, float(value), None
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, list):
                yield from _value_rows(attribute, item)
    elif isinstance(value, dict) and is_utc_time(value.get("@value")):
        yield attribute, _TIME, seconds_of(value["@value"]), None


def _texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _plain_values(instance: Instance) -> list[Any]:
    """The values of an instance that the query language compares with."""
    match instance["type"]:
        case "Property":
            return [instance["value"]]
        case "Relationship":
            return _texts(instance["object"])
        case "LanguageProperty":
            return list(instance["languageMap"].values())
        case "VocabProperty":
            return [to_iri(term) for term in _texts(instance["vocab"])]
        case "ListProperty":
            return [instance["valueList"]]
    return []


def _targets(instance: Instance) -> list[str]:
    if instance["type"] == "Relationship":
        return _texts(instance["object"])
    return [item["object"] for item in instance["objectList"]]


def _instance(derived: Derived, name: str, instance: Instance, indexed: bool) -> None:
    form = instance["type"]
    derived.uses.add((name, form))
    if form == "GeoProperty":
        derived.shapes.append((name, shape_of(instance["value"])))
        return
    if form in {"Relationship", "ListRelationship"}:
        derived.relations.extend((name, target) for target in _targets(instance))
    if indexed:
        for value in _plain_values(instance):
            derived.values.extend(_value_rows(name, value))


def _display_name(document: dict[str, Any]) -> str:
    attribute = document.get("name")
    if isinstance(attribute, list):
        attribute = attribute[0]
    if not attribute:
        return ""
    if attribute["type"] == "LanguageProperty":
        texts = attribute["languageMap"]
        value = texts.get("zh") or texts.get("zh-hans") or next(iter(texts.values()), "")
    else:
        value = attribute.get("value")
    return value[:200].replace("\x00", "") if isinstance(value, str) else ""


def derive(document: dict[str, Any], indexed: frozenset[str] | None) -> Derived:
    """The index rows of a document. ``indexed`` names the attributes whose values are; None means all."""
    derived = Derived(_display_name(document))
    for name, attribute in document.items():
        if name in _HEAD:
            continue
        is_indexed = indexed is None or name in indexed
        if not is_indexed and type(attribute) is dict and attribute["type"] == "Property":
            derived.uses.add((name, "Property"))
            continue
        if isinstance(attribute, list):
            for instance in attribute:
                _instance(derived, name, instance, is_indexed)
        else:
            _instance(derived, name, attribute, is_indexed)
    return derived
