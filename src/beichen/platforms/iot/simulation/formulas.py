"""Values in SQL over named values: parsed and checked by sqlglot, handed out as plain nested lists.

A tree is ``["name", "rain_mm"]``, ``["value", 3]`` or ``[operation, tree, …]``: so a program far away, which
reads it with :mod:`arithmetic`, needs no parser. Operations are those of :data:`OPERATIONS`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import expressions as sql
from sqlglot.errors import SqlglotError

from beichen.kernel.scene.codes import BAD_CONDITION, UNKNOWN_NAME
from beichen.platforms.iot.simulation.arithmetic import OPERATIONS
from beichen.problem import Problem, ProblemError, nearest, shorten

LONGEST = 500
HINT = "+ - * / %, comparisons, AND OR NOT, CASE WHEN, least greatest abs round floor coalesce bell"
Tree = list[Any]
_BINARY: dict[type[Any], str] = {
    sql.Add: "+", sql.Sub: "-", sql.Mul: "*", sql.Div: "/", sql.Mod: "%", sql.EQ: "=", sql.NEQ: "<>",
    sql.GT: ">", sql.GTE: ">=", sql.LT: "<", sql.LTE: "<=", sql.And: "and", sql.Or: "or",
}  # fmt: skip
_MANY: dict[type[Any], str] = {sql.Least: "least", sql.Greatest: "greatest", sql.Coalesce: "coalesce"}
_ONE: dict[type[Any], str] = {sql.Abs: "abs", sql.Floor: "floor", sql.Not: "not", sql.Neg: "-"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula: its text, the names that it reads, and its tree."""

    text: str
    names: frozenset[str]
    tree: Tree


def formula(text: str | float, known: Collection[str] | None = None) -> Formula:
    """The formula that ``text`` says, whose names are all among ``known``. Raises ProblemError SCN-240,
    SCN-241."""
    if len(str(text)) > LONGEST:
        raise ProblemError(Problem(BAD_CONDITION, f"longer than {LONGEST} characters"))
    try:
        tree = sqlglot.parse_one(str(text), dialect="duckdb")
    except (SqlglotError, RecursionError):
        raise ProblemError(Problem(BAD_CONDITION, shorten(f"{text} is no SQL"), hint=HINT)) from None
    names = frozenset(column.name for column in tree.find_all(sql.Column))
    for name in sorted(names - set(known if known is not None else names)):
        raise ProblemError(
            Problem(UNKNOWN_NAME, shorten(f"{name} is not known here"), hint=nearest(name, known or ()))
        )
    return Formula(str(text), names, _tree(tree))


def _tree(node: Any) -> Tree:
    kind = type(node)
    if kind in _BINARY:
        return [_BINARY[kind], _tree(node.this), _tree(node.expression)]
    if kind in _ONE:
        return [_ONE[kind], _tree(node.this)]
    if kind in _MANY:
        return [_MANY[kind], *(_tree(part) for part in (node.this, *node.expressions))]
    if kind is sql.Round:
        places = node.args.get("decimals")
        return ["round", _tree(node.this), *([_tree(places)] if places is not None else [])]
    return _leaf(node)


def _leaf(node: Any) -> Tree:
    if isinstance(node, sql.Paren):
        return _tree(node.this)
    if isinstance(node, sql.Column):
        return ["name", node.name]
    if isinstance(node, sql.Literal):
        return ["value", node.this if node.is_string else float(node.this)]
    if isinstance(node, sql.Boolean):
        return ["value", bool(node.this)]
    if isinstance(node, sql.Null):
        return ["value", None]
    if isinstance(node, sql.Is) and isinstance(node.expression, sql.Null):
        return ["is null", _tree(node.this)]
    if isinstance(node, sql.Case) and node.this is None:
        default = node.args.get("default")
        whens = [_tree(part) for one in node.args["ifs"] for part in (one.this, one.args["true"])]
        return ["case", *whens, _tree(default) if default is not None else ["value", None]]
    if isinstance(node, sql.Anonymous) and node.name.lower() in OPERATIONS:
        return [node.name.lower(), *(_tree(part) for part in node.expressions)]
    shown = shorten(f"{node.sql(dialect='duckdb')} is not allowed in a formula")
    raise ProblemError(Problem(BAD_CONDITION, shown, hint=HINT))
