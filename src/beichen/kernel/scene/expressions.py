"""Conditions in SQL over one row of named values: parsed and checked by sqlglot, evaluated here.

Scenes speak one expression language. Over many rows an engine runs it; a grade is decided for one case,
where starting an engine costs more than walking the tree. Allowed are comparisons, ``AND OR NOT``,
arithmetic, ``IN``, ``BETWEEN``, ``LIKE``, ``IS NULL``, literals and names. NULL behaves as in SQL: a
condition holds when it is true, not when it is unknown.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import expressions as sql
from sqlglot.errors import SqlglotError

from beichen.kernel.scene.codes import BAD_CONDITION, UNKNOWN_NAME
from beichen.problem import Problem, ProblemError, nearest, shorten

LONGEST = 500

Values = Mapping[str, Any]
_COMPARISONS: dict[type[Any], Callable[[Any, Any], Any]] = {
    sql.EQ: operator.eq, sql.NEQ: operator.ne, sql.GT: operator.gt, sql.GTE: operator.ge, sql.LT: operator.lt,
    sql.LTE: operator.le, sql.Add: operator.add, sql.Sub: operator.sub, sql.Mul: operator.mul,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition."""

    text: str
    names: frozenset[str]
    _tree: Any

    def holds(self, values: Values) -> bool:
        """Whether it is true of ``values``; a missing name is NULL, and so is comparing unlike types."""
        return _value(self._tree, values) is True


def parsed(text: str) -> Any:
    """The tree of an expression. A name that SQL begins a statement with (`use`, `set`) may stand first.

    Raises SqlglotError.
    """
    try:
        return sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        try:
            return sqlglot.parse_one(text, dialect="duckdb", into=sql.Condition)
        except SqlglotError:
            raise error from None


@lru_cache(maxsize=4096)
def condition(text: str) -> Condition:
    """The condition that ``text`` says. Raises ProblemError SCN-240."""
    if len(text) > LONGEST:
        raise ProblemError(Problem(BAD_CONDITION, f"longer than {LONGEST} characters"))
    try:
        tree = parsed(text)
    except (SqlglotError, RecursionError) as error:
        raise ProblemError(Problem(BAD_CONDITION, shorten(_first_line(error)))) from None
    for node in tree.walk():
        if type(node) not in _ALLOWED:
            message = shorten(f"{node.sql(dialect='duckdb')} is not allowed in a condition")
            raise ProblemError(Problem(BAD_CONDITION, message, hint="compare names with values"))
    names = frozenset(column.name for column in tree.find_all(sql.Column))
    return Condition(text, names, tree)


def check_condition(text: str, known: Collection[str]) -> Condition:
    """The same, whose names are all among ``known``. Raises ProblemError SCN-240, SCN-241."""
    found = condition(text)
    for name in sorted(found.names - set(known)):
        raise ProblemError(
            Problem(UNKNOWN_NAME, shorten(f"{name} is not known here"), hint=nearest(name, known))
        )
    return found


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[[0-9]*m", "", str(error)).splitlines()[0]


def _value(node: Any, values: Values) -> Any:
    return _ALLOWED[type(node)](node, values)


def _comparison(node: Any, values: Values) -> Any:
    left, right = _value(node.this, values), _value(node.expression, values)
    if left is None or right is None:
        return None
    try:
        return _COMPARISONS[type(node)](left, right)
    except TypeError:
        return None


def _quotient(node: Any, values: Values) -> Any:
    left, right = _value(node.this, values), _value(node.expression, values)
    try:
        return None if left is None or not right else left / right
    except TypeError:
        return None


def _and(node: Any, values: Values) -> Any:
    both = (_value(node.this, values), _value(node.expression, values))
    return False if False in both else None if None in both else True


def _or(node: Any, values: Values) -> Any:
    both = (_value(node.this, values), _value(node.expression, values))
    return True if True in both else None if None in both else False


def _not(node: Any, values: Values) -> Any:
    value = _value(node.this, values)
    return None if value is None else not value


def _negative(node: Any, values: Values) -> Any:
    value = _value(node.this, values)
    return -value if isinstance(value, (int, float)) else None


def _among(node: Any, values: Values) -> Any:
    value = _value(node.this, values)
    if value is None:
        return None
    among = [_value(item, values) for item in node.expressions]
    return True if value in among else None if None in among else False


def _between(node: Any, values: Values) -> Any:
    value, low, high = (_value(node.args[name], values) for name in ("this", "low", "high"))
    if value is None or low is None or high is None:
        return None
    try:
        return low <= value <= high
    except TypeError:
        return None


def _like(node: Any, values: Values) -> Any:
    value, pattern = _value(node.this, values), _value(node.expression, values)
    if not isinstance(value, str) or not isinstance(pattern, str):
        return None
    parts = {"%": ".*", "_": "."}
    form = "".join(parts.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(form, value, re.DOTALL) is not None


def _is(node: Any, values: Values) -> Any:
    wanted = _value(node.expression, values)
    value = _value(node.this, values)
    return value is None if wanted is None else value is wanted


def _literal(node: Any, _values: Values) -> Any:
    if node.is_string:
        return node.this
    number = float(node.this)
    return int(number) if number.is_integer() and "." not in node.this else number


_ALLOWED: dict[type[Any], Callable[[Any, Values], Any]] = {
    **dict.fromkeys(_COMPARISONS, _comparison),
    sql.Div: _quotient,
    sql.And: _and,
    sql.Or: _or,
    sql.Not: _not,
    sql.Neg: _negative,
    sql.Paren: lambda node, values: _value(node.this, values),
    sql.In: _among,
    sql.Between: _between,
    sql.Like: _like,
    sql.Is: _is,
    sql.Null: lambda _node, _values: None,
    sql.Boolean: lambda node, _values: bool(node.this),
    sql.Literal: _literal,
    sql.Column: lambda node, values: values.get(node.name),
    sql.Identifier: lambda node, _values: node.name,
}
