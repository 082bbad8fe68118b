"""From a query to SQL over the value index: all that can match, and often nothing else.

A clause may let through objects that do not match, never lose one that does. When it is exact the
documents need not be read again; otherwise :mod:`.evaluation` has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from beichen.registry.models import TEXT_LENGTH, ObjectValue, ValueKind
from beichen.registry.query.terms import (
    AnyOf,
    Between,
    Node,
    Number,
    OneOf,
    Operand,
    Plain,
    Term,
    Text,
    Time,
    Truth,
    Word,
)

_TABLE = ObjectValue._meta.db_table
_EXACT_INTEGER = 2.0**53


@dataclass(slots=True)
class Clause:
    """A condition on ``o`` with its parameters; exact when it needs no second look."""

    sql: str
    parameters: list[Any] = field(default_factory=list)
    is_exact: bool = True


def _column(value: Plain) -> tuple[str, int, Any, bool] | None:
    """The index column, the kind, the key and whether the key is the whole value."""
    match value:
        case Number(number):
            return "number", ValueKind.NUMBER, number, abs(number) < _EXACT_INTEGER
        case Truth(truth):
            return "number", ValueKind.TRUTH, float(truth), True
        case Text(text) | Word(text):
            if "\x00" in text:
                return None
            return "text", ValueKind.TEXT, text[:TEXT_LENGTH], len(text) < TEXT_LENGTH
        case Time():
            return None


def _rows(name: str, condition: str, kind: int, parameters: list[Any], is_exact: bool) -> Clause:
    sql = (
        f"o.id IN (SELECT v.object_id FROM {_TABLE} v WHERE v.attribute = %s AND v.kind = %s AND {condition})"
    )
    return Clause(sql, [name, int(kind), *parameters], is_exact)


def _equal(name: str, operand: Operand) -> Clause | None:
    if isinstance(operand, OneOf):
        parts = [_equal(name, value) for value in operand.values]
        return _either([part for part in parts if part is not None]) if all(parts) else None
    if isinstance(operand, Between):
        low, high = _column(operand.low), _column(operand.high)
        if low is None or high is None or low[:2] != high[:2]:
            return None
        column, kind = low[:2]
        exact = low[3] and high[3] and column == "number"
        upper = high[2] if column == "number" else str(high[2]) + "\U0010ffff"
        return _rows(name, f"v.{column} BETWEEN %s AND %s", kind, [low[2], upper], exact)
    found = _column(operand)
    if found is None:
        return None
    column, kind, key, exact = found
    return _rows(name, f"v.{column} = %s", kind, [key], exact)


def _ordered(name: str, operator: str, operand: Plain) -> Clause | None:
    if not isinstance(operand, Number):
        return None
    return _rows(name, f"v.number {operator} %s", ValueKind.NUMBER, [operand.value], True)


def _either(parts: list[Clause]) -> Clause:
    sql = "(" + " OR ".join(part.sql for part in parts) + ")"
    return Clause(sql, [item for part in parts for item in part.parameters], all(p.is_exact for p in parts))


def prefilter(node: Node, indexed: frozenset[str] | None) -> Clause | None:
    """The clause of a query; None when no index can help. ``indexed`` None: every attribute is."""
    if isinstance(node, Term):
        path = node.path
        if not path.is_plain or (indexed is not None and path.name not in indexed) or node.operand is None:
            return None
        if node.operator == "==":
            return _equal(path.name, node.operand)
        if node.operator in {"<", "<=", ">", ">="} and not isinstance(node.operand, (Between, OneOf)):
            return _ordered(path.name, node.operator, node.operand)
        return None
    parts = [prefilter(part, indexed) for part in node.parts]
    known = [part for part in parts if part is not None]
    if isinstance(node, AnyOf):
        return _either(known) if len(known) == len(parts) else None
    if not known:
        return None
    sql = "(" + " AND ".join(part.sql for part in known) + ")"
    exact = len(known) == len(parts) and all(part.is_exact for part in known)
    return Clause(sql, [item for part in known for item in part.parameters], exact)
