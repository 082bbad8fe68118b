"""Judging answers: which fields are not asked, what must be said, what is wrong; by the declaration alone.

`static/services/form/answers.js` does the same in the browser with another implementation of JSON Schema;
`tests/test_agreement.py` holds both together. Rules (``allOf`` of ``if``, ``then``, ``else``) stand in
every object; an effect ``false`` hides a field, whose answer then does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from beichen.fronts.services.forms.formats import FORMATS

Answers = dict[str, Any]
Path = tuple[str | int, ...]
PASSES = 10
"""A hidden field may hide another; rules that go round in a circle end after so many passes."""
LIMITS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_LINEAR = jsonschema_rs.RegexOptions(size_limit=1 << 20)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, which keyword says so, and its limit."""

    path: Path
    keyword: str
    limit: Any = None


def _validator(schema: Any) -> Any:
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, formats=dict(FORMATS), pattern_options=_LINEAR
    )


@lru_cache(maxsize=2048)
def _condition(text: bytes) -> Any:
    return _validator(orjson.loads(text))


@lru_cache(maxsize=512)
def _whole(text: bytes) -> Any:
    return _validator(orjson.loads(text))


def _typed(condition: Mapping[str, Any]) -> Answers:
    """The condition, its limits meant of numbers alone: JSON Schema holds them true of a text."""
    named = condition.get("properties", {}).items()
    properties = {name: {**one, "type": "number"} if LIMITS & one.keys() else one for name, one in named}
    return {**condition, "properties": properties} if properties else dict(condition)


def effects(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the rules of an object say about these answers of it."""
    for rule in schema.get("allOf", ()):
        holds = _condition(orjson.dumps(_typed(rule["if"]))).is_valid(dict(answers))
        found = rule.get("then" if holds else "else")
        if found is not None:
            yield found


def hidden(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> set[str]:
    """The fields of an object that are not asked now."""
    return {
        name
        for effect in effects(schema, answers)
        for name, one in effect.get("properties", {}).items()
        if one is False
    }


def demanded(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> set[str]:
    """The fields of an object that must be answered now."""
    found = set(schema.get("required", ()))
    for effect in effects(schema, answers):
        found |= set(effect.get("required", ()))
    return found - hidden(schema, answers)


def pruned(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> Answers:
    """The answers without those to fields that are not asked; every group and list of rows is there."""
    kept = dict(answers)
    for _pass in range(PASSES):
        gone = hidden(schema, kept) & kept.keys()
        if not gone:
            break
        kept = {name: value for name, value in kept.items() if name not in gone}
    unasked = hidden(schema, kept)
    for name, field in schema["properties"].items():
        if name in unasked:
            continue
        value = kept.get(name)
        if field["type"] == "object":
            kept[name] = pruned(field, value if isinstance(value, dict) else {})
        elif field["type"] == "array" and field["items"]["type"] == "object":
            rows = value if isinstance(value, list) else []
            kept[name] = [pruned(field["items"], row if isinstance(row, dict) else {}) for row in rows]
    return kept


def faults(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Fault]:
    """Everything that is wrong with pruned answers, in the order of the form; one fault a field."""
    found: dict[Path, Fault] = {}
    for error in _whole(orjson.dumps(schema)).iter_errors(dict(answers)):
        for fault in _faults(error):
            found.setdefault(fault.path, fault)
    places = {path: number for number, path in enumerate(_places(schema))}
    return sorted(found.values(), key=lambda one: (places.get(_bare(one.path), len(places)), str(one.path)))


def _faults(error: Any) -> Iterator[Fault]:
    kind, path = error.kind, tuple(error.instance_path)
    if kind.name == "required":
        yield Fault((*path, kind.property), "required")
    elif kind.name == "additionalProperties":
        for name in kind.unexpected:
            yield Fault((*path, name), "unknown")
    else:
        limit = getattr(kind, "limit", None)
        yield Fault(path, "false" if kind.name in ("falseSchema", "false schema") else kind.name, limit)


def _bare(path: Path) -> Path:
    return tuple(step for step in path if isinstance(step, str))


def _places(schema: Mapping[str, Any], before: Path = ()) -> Iterator[Path]:
    for name, field in schema["properties"].items():
        yield (*before, name)
        inner = field["items"] if field["type"] == "array" else field
        if inner["type"] == "object":
            yield from _places(inner, (*before, name))


def closed(schema: Mapping[str, Any]) -> Answers:
    """The declaration as both sides judge by it: nothing beyond its fields, nothing for people alone."""
    found: Answers = {}
    for name, value in schema.items():
        if name.startswith("x-") or name in ("title", "description", "$schema"):
            continue
        if name == "properties":
            found[name] = {key: closed(field) for key, field in value.items()}
        elif name == "items":
            found[name] = closed(value)
        elif name == "allOf":
            found[name] = [{**rule, "if": _typed(rule["if"])} for rule in value]
        else:
            found[name] = value
    if schema.get("type") == "object":
        found["additionalProperties"] = False
    return found
