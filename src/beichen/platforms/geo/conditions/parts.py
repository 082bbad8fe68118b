"""A checked condition as parts that all have to hold, each with what is known of it beforehand.

A part is bounded (:mod:`.bounds`), or compares a number, a day or a moment of a feature with literals, which
can be asked of the numbers as they lie in a column; or both, or neither: then :func:`.masking.mask` alone can
tell. Features match whose every part is true: one that is false or unknown leaves them out either way.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from beichen.platforms.geo.conditions.bounds import Bounds, bounds_in, conjuncts
from beichen.platforms.geo.conditions.moments import days, microseconds
from beichen.platforms.geo.source import Condition, Field, FieldKind

_TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
Number = int | float


class Comparison(NamedTuple):
    """A property beside a literal as its column holds it: a number, days or microseconds since 1970.

    ``is_real``: whole numbers are compared as numbers with a fraction, since one of the literals is one.
    """

    name: str
    sign: str
    value: Number
    is_real: bool


class Part(NamedTuple):
    """One of the parts, as CQL2-JSON; ``comparisons`` are empty where they do not say all of it."""

    node: Any
    bounds: Bounds | None
    comparisons: tuple[Comparison, ...]


def parts_of(condition: Condition, fields: tuple[Field, ...]) -> list[Part]:
    """The parts in the order of the condition."""
    kinds = {one.name: one.kind for one in fields}
    return [Part(node, bounds_in(node, kinds), _comparisons(node, kinds)) for node in conjuncts(condition)]


def _comparisons(node: Any, kinds: dict[str, FieldKind]) -> tuple[Comparison, ...]:
    if not isinstance(node, dict) or "op" not in node:
        return ()
    name, arguments = node["op"], node["args"]
    if name in _TURNED:
        left, right = arguments
        if not (isinstance(left, dict) and "property" in left):
            name, left, right = _TURNED[name], right, left
        return _compared(left, [(name, right)], kinds)
    if name == "between":
        return _compared(arguments[0], [(">=", arguments[1]), ("<=", arguments[2])], kinds)
    return ()


def _compared(left: Any, sides: list[tuple[str, Any]], kinds: dict[str, FieldKind]) -> tuple[Comparison, ...]:
    if not (isinstance(left, dict) and "property" in left):
        return ()
    kind = kinds.get(left["property"])
    found = [(sign, _number(literal, kind)) for sign, literal in sides]
    values = [value for _sign, value in found if value is not None]
    if len(values) < len(sides):
        return ()
    is_real = kind == FieldKind.NUMBER or any(isinstance(value, float) for value in values)
    return tuple(
        Comparison(left["property"], sign, float(value) if is_real else value, is_real)
        for (sign, _value), value in zip(found, values, strict=True)
    )


def _number(node: Any, kind: FieldKind | None) -> Number | None:
    """A literal as a column of this kind holds it; None for what is none, or is compared in another way."""
    if isinstance(node, dict):
        if kind == FieldKind.DATE and "date" in node:
            return days(node["date"])
        return microseconds(node["timestamp"]) if kind == FieldKind.TIME and "timestamp" in node else None
    if kind not in (FieldKind.INTEGER, FieldKind.NUMBER) or isinstance(node, bool):
        return None
    return node if isinstance(node, int | float) else None
