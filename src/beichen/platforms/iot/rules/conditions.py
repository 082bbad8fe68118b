"""Conditions as expressions of polars: one evaluation for all readings of a batch, with the meaning that
:mod:`beichen.kernel.scene.expressions` gives them (NULL is unknown, division by zero is NULL)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from sqlglot import expressions as sql

from beichen.platforms.iot.rules.kinds import checked_condition, tree_of

if TYPE_CHECKING:
    import polars as pl

_DIRECT: dict[type[Any], Callable[[Any, Any], Any]] = {
    sql.EQ: operator.eq, sql.NEQ: operator.ne, sql.GT: operator.gt, sql.GTE: operator.ge, sql.LT: operator.lt,
    sql.LTE: operator.le, sql.Add: operator.add, sql.Sub: operator.sub, sql.Mul: operator.mul,
    sql.And: operator.and_, sql.Or: operator.or_,
}  # fmt: skip


def compiled(text: str, kinds: Mapping[str, str], columns: Mapping[str, str]) -> pl.Expr:
    """The condition as an expression over names of these kinds, which stand in ``columns``, or in one of
    their own name. Raises ProblemError for one that is none."""
    import polars as pl

    checked_condition(text, kinds)
    tree = tree_of(text).transform(lambda node: _in_column(node, columns))
    found: pl.Expr = _expression(tree).cast(pl.Boolean)
    return found


def _in_column(node: Any, columns: Mapping[str, str]) -> Any:
    if isinstance(node, sql.Column) and node.name in columns:
        return sql.column(columns[node.name])
    return node


def _expression(node: Any) -> Any:
    import polars as pl

    if type(node) in _DIRECT:
        return _DIRECT[type(node)](_expression(node.this), _expression(node.expression))
    if isinstance(node, sql.Paren):
        return _expression(node.this)
    if isinstance(node, sql.Column):
        return pl.col(node.name)
    if isinstance(node, sql.Literal):
        return pl.lit(node.this if node.is_string else float(node.this))
    if isinstance(node, sql.Boolean):
        return pl.lit(bool(node.this))
    if isinstance(node, sql.Null):
        return pl.lit(None)
    if isinstance(node, sql.Not):
        return ~_expression(node.this).cast(pl.Boolean)
    if isinstance(node, sql.Neg):
        return -_expression(node.this)
    return _SPECIAL[type(node)](node)


def _quotient(node: Any) -> Any:
    import polars as pl

    divisor = _expression(node.expression)
    return pl.when(divisor == 0).then(None).otherwise(_expression(node.this) / divisor)


def _among(node: Any) -> Any:
    value = _expression(node.this)
    return reduce(operator.or_, [value == _expression(one) for one in node.expressions])


def _between(node: Any) -> Any:
    import polars as pl

    value, low, high = (_expression(node.args[name]) for name in ("this", "low", "high"))
    is_unknown = value.is_null() | low.is_null() | high.is_null()
    return pl.when(is_unknown).then(None).otherwise((value >= low) & (value <= high))


def _like(node: Any) -> Any:
    parts = {"%": ".*", "_": "."}
    form = "".join(parts.get(letter, re.escape(letter)) for letter in node.expression.this)
    return _expression(node.this).str.contains(rf"(?s)\A{form}\z")


def _is(node: Any) -> Any:
    value = _expression(node.this)
    if isinstance(node.expression, sql.Null):
        return value.is_null()
    return value.eq_missing(_expression(node.expression))


_SPECIAL: dict[type[Any], Callable[[Any], Any]] = {
    sql.Div: _quotient,
    sql.In: _among,
    sql.Between: _between,
    sql.Like: _like,
    sql.Is: _is,
}
