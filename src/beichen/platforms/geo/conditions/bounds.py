"""What a checked condition says beforehand of single properties: between which values every match lies.

It says no more than is certain: every row that matches lies within the bounds, and rows that lie within may
not match. What is joined by `or`, negated or reckoned with bounds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from beichen.platforms.geo.conditions.moments import days, microseconds
from beichen.platforms.geo.source import Condition, Field, FieldKind

Value = str | int | float
"""Text, a number, days or microseconds since 1970: what the property's column holds."""
_EXACT = 1 << 52  # whole numbers beside numbers with a fraction are compared as these are
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


class Bounds(NamedTuple):
    """The ranges of a property in which its value lies, both ends within; None where one is open."""

    name: str
    ranges: tuple[tuple[Value | None, Value | None], ...]


def bounds_of(condition: Condition, fields: tuple[Field, ...]) -> list[Bounds]:
    """All bounds that hold at once, in the order of the condition."""
    kinds = {one.name: one.kind for one in fields}
    found = (bounds_in(node, kinds) for node in conjuncts(condition))
    return [one for one in found if one is not None]


def conjuncts(node: Any) -> Iterator[Any]:
    """What is joined by `and`, however it is nested; the node itself where nothing is."""
    if isinstance(node, dict) and node.get("op") == "and":
        for one in node["args"]:
            yield from conjuncts(one)
    else:
        yield node


def bounds_in(node: Any, kinds: dict[str, FieldKind]) -> Bounds | None:
    """The bounds that one conjunct sets, if it sets any."""
    if not isinstance(node, dict) or "op" not in node:
        return None
    name, arguments = node["op"], node["args"]
    if name in _TURNED:
        return _compared(name, arguments[0], arguments[1], kinds)
    if name == "between":
        return _within(arguments[0], [(arguments[1], arguments[2])], kinds)
    if name == "in":
        return _within(arguments[0], [(one, one) for one in arguments[1]], kinds)
    return None


def _compared(name: str, left: Any, right: Any, kinds: dict[str, FieldKind]) -> Bounds | None:
    if not _is_property(left):
        name, left, right = _TURNED[name], right, left
    least = None if name.startswith("<") else right
    most = None if name.startswith(">") else right
    return _within(left, [(least, most)], kinds)


def _within(node: Any, ranges: list[tuple[Any, Any]], kinds: dict[str, FieldKind]) -> Bounds | None:
    if not _is_property(node) or node["property"] not in kinds:
        return None
    kind = kinds[node["property"]]
    if kind == FieldKind.INTEGER and not _are_exact([end for pair in ranges for end in pair]):
        return None
    found = [(_value(least, kind, math.floor), _value(most, kind, math.ceil)) for least, most in ranges]
    for (least, most), (low, high) in zip(ranges, found, strict=True):
        if (least is not None and low is None) or (most is not None and high is None):
            return None  # compared in another way than the column is ordered
    return Bounds(node["property"], tuple(found))


def _are_exact(literals: list[Any]) -> bool:
    """Whether whole numbers are compared with these exactly: one with a fraction makes fractions of all."""
    numbers = [one for one in literals if isinstance(one, int | float)]
    return not any(isinstance(one, float) for one in numbers) or all(abs(one) < _EXACT for one in numbers)


def _is_property(node: Any) -> bool:
    return isinstance(node, dict) and "property" in node


def _value(node: Any, kind: FieldKind, whole: Any) -> Value | None:
    """A literal as the column of this kind holds it; None for what is none, or none of its kind."""
    if isinstance(node, dict):
        if kind == FieldKind.DATE and "date" in node:
            return days(node["date"])
        return microseconds(node["timestamp"]) if kind == FieldKind.TIME and "timestamp" in node else None
    if isinstance(node, str):
        return node if kind == FieldKind.TEXT else None
    if isinstance(node, bool) or not isinstance(node, int | float):
        return None
    if kind == FieldKind.NUMBER:
        return float(node)
    if kind != FieldKind.INTEGER:
        return None
    return node if isinstance(node, int) else int(whole(node))
