"""Whether a document matches a query: the meaning of the language, value by value (clause 4.9).

An attribute with several instances matches when one of them does; a list when one of its items does.
"Unequal" wants that no value of an instance is equal.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from beichen.registry.document.changes import instances
from beichen.registry.document.expansion import Instance
from beichen.registry.document.forms import FORMS
from beichen.registry.document.names import to_iri
from beichen.registry.document.values import is_utc_time
from beichen.registry.indexing import seconds_of
from beichen.registry.query.patterns import matches
from beichen.registry.query.terms import (
    ABSENT,
    All,
    Between,
    Node,
    Number,
    OneOf,
    Operand,
    Path,
    Plain,
    Term,
    Text,
    Time,
    Truth,
)

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_RELATIONS = frozenset({"Relationship", "ListRelationship"})
_METADATA = frozenset({"observedAt", "unitCode", "datasetId", "createdAt", "modifiedAt", "objectType"})


def evaluate(node: Node, document: dict[str, Any]) -> bool:
    """Whether a stored document matches."""
    if isinstance(node, Term):
        return _holds(node, document)
    if isinstance(node, All):
        return all(evaluate(part, document) for part in node.parts)
    return any(evaluate(part, document) for part in node.parts)


def _holds(term: Term, document: dict[str, Any]) -> bool:
    if term.operator == ABSENT:
        return next(targets(term.path, document), None) is None
    for values, is_relation in targets(term.path, document):
        if not term.operator:
            return True
        if is_relation and term.operator not in {"==", "!="}:
            continue
        if term.operand is not None and _compare(term.operator, values, term.operand):
            return True
    return False


def targets(path: Path, document: dict[str, Any]) -> Iterator[tuple[list[Any], bool]]:
    """The values of each instance that a path leads to, and whether they are a relationship's."""
    if path.name in {"id", "type", "scope"} or path.name in _METADATA:
        if path.name in document and path.is_plain:
            yield _listed(document[path.name]), False
        return
    for instance in instances(document.get(path.name)).values():
        yield from _below(instance, path.subs, path.keys)


def _below(
    instance: Instance, subs: tuple[str, ...], keys: tuple[str, ...]
) -> Iterator[tuple[list[Any], bool]]:
    if not subs:
        values = _values(instance, keys)
        if values:
            yield values, instance["type"] in _RELATIONS
        return
    inner = instance.get(subs[0])
    if inner is None or subs[0] == FORMS[instance["type"]].member:
        return
    if subs[0] in _METADATA:
        if len(subs) == 1:
            yield [inner], False
        return
    for sub in inner if isinstance(inner, list) else [inner]:
        if isinstance(sub, dict) and "type" in sub:
            yield from _below(sub, subs[1:], keys)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _values(instance: Instance, keys: tuple[str, ...]) -> list[Any]:
    form = instance["type"]
    value = instance[FORMS[form].member]
    if form == "LanguageProperty":
        return _in_languages(value, keys)
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return []
        value = value[key]
    if form == "VocabProperty":
        return [to_iri(term) for term in _listed(value)]
    if form == "ListRelationship":
        return [item["object"] for item in value]
    return value if isinstance(value, list) and value else [value]


def _in_languages(value: dict[str, Any], keys: tuple[str, ...]) -> list[Any]:
    if not keys or keys == ("*",):
        return [text for texts in value.values() for text in _listed(texts)]
    return _listed(value[keys[0]]) if len(keys) == 1 and keys[0] in value else []


def _compare(operator_: str, values: list[Any], operand: Operand) -> bool:
    if operator_ == "!=":
        return not any(_equal(value, operand) for value in values)
    if operator_ == "==":
        return any(_equal(value, operand) for value in values)
    if operator_ in {"~=", "!~="}:
        texts = [value for value in map(_unwrapped, values) if isinstance(value, str)]
        found = isinstance(operand, Text) and any(matches(operand.value, text) for text in texts)
        return bool(texts) and found == (operator_ == "~=")
    if isinstance(operand, (Between, OneOf)):
        return False
    return any(_ordered(_ORDER[operator_], value, operand) for value in values)


def _unwrapped(value: Any) -> Any:
    return value.get("@value", value) if isinstance(value, dict) else value


def _equal(value: Any, operand: Operand) -> bool:
    if isinstance(operand, OneOf):
        return any(_equal(value, item) for item in operand.values)
    if isinstance(operand, Between):
        return _ordered(operator.ge, value, operand.low) and _ordered(operator.le, value, operand.high)
    return _ordered(operator.eq, value, operand)


def _ordered(test: Callable[[Any, Any], bool], value: Any, operand: Plain) -> bool:
    if isinstance(operand, Truth):
        return isinstance(value, bool) and test is operator.eq and value == operand.value
    if isinstance(operand, Number):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and test(float(value), operand.value)
    value = _unwrapped(value)
    if not isinstance(value, str):
        return False
    if isinstance(operand, Time):
        return test(seconds_of(value), operand.seconds) if is_utc_time(value) else test(value, operand.value)
    return test(value, operand.value)
