"""Whether a condition compares like with like: numbers with numbers, texts with texts; and is a truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import expressions as sql

from beichen.kernel.scene.expressions import Condition, check_condition, parsed
from beichen.platforms.iot import codes
from beichen.platforms.iot.rules.declaration import BOOLEAN, NUMBER, TEXT
from beichen.problem import Problem, ProblemError, said, shorten

NULL = ""
_ORDERED = (sql.GT, sql.GTE, sql.LT, sql.LTE)
_EQUAL = (sql.EQ, sql.NEQ)
_SUMS = (sql.Add, sql.Sub, sql.Mul, sql.Div)


def checked_condition(text: str, kinds: Mapping[str, str]) -> Condition:
    """The condition that ``text`` says over names of these kinds.

    Raises ProblemError SCN-240, SCN-241, and IOT-123 for one that compares unlike things or is no truth.
    """
    found = check_condition(text, kinds)
    is_truth = kind_of(tree_of(text), kinds) in (BOOLEAN, NULL)
    if not is_truth:
        raise _unlike(said("{text} is no condition", text=text))
    return found


def tree_of(text: str) -> Any:
    """The parsed condition, which :func:`checked_condition` let through."""
    return parsed(text)


def _unlike(message: str) -> ProblemError:
    return ProblemError(Problem(codes.UNLIKE, shorten(message), hint=said("compare like with like")))


def kind_of(node: Any, kinds: Mapping[str, str]) -> str:
    """What an expression is: a number, a truth, a text, or empty for NULL. Raises ProblemError IOT-123."""
    if isinstance(node, sql.Paren):
        return kind_of(node.this, kinds)
    if isinstance(node, sql.Column):
        return kinds[node.name]
    if isinstance(node, sql.Literal):
        return TEXT if node.is_string else NUMBER
    if isinstance(node, sql.Boolean):
        return BOOLEAN
    if isinstance(node, sql.Null):
        return NULL
    if isinstance(node, (*_SUMS, sql.Neg)):
        _demand(node, NUMBER, kinds, *(_operands(node)))
        return NUMBER
    _check_truth(node, kinds)
    return BOOLEAN


def _check_truth(node: Any, kinds: Mapping[str, str]) -> None:
    if isinstance(node, sql.And | sql.Or | sql.Not):
        _demand(node, BOOLEAN, kinds, *_operands(node))
    elif isinstance(node, sql.Like):
        _demand(node, TEXT, kinds, node.this, node.expression)
        if not isinstance(node.expression, sql.Literal):
            raise _unlike(said("{text} compares with no written pattern", text=node.sql(dialect="duckdb")))
    elif isinstance(node, sql.Between):
        _alike(node, kinds, node.this, node.args["low"], node.args["high"])
    elif isinstance(node, sql.In):
        _alike(node, kinds, node.this, *node.expressions)
    elif isinstance(node, sql.Is):
        kind_of(node.this, kinds)
        if isinstance(node.expression, sql.Boolean):
            _demand(node, BOOLEAN, kinds, node.this)
    elif isinstance(node, (*_ORDERED, *_EQUAL)):
        if isinstance(node, _ORDERED) and BOOLEAN in {kind_of(one, kinds) for one in _operands(node)}:
            raise _unlike(said("{text} orders what is yes or no", text=node.sql(dialect="duckdb")))
        _alike(node, kinds, *_operands(node))
    else:
        raise _unlike(said("{text} is no condition", text=node.sql(dialect="duckdb")))


def _operands(node: Any) -> list[Any]:
    return [one for one in (node.this, node.args.get("expression")) if one is not None]


def _demand(node: Any, kind: str, kinds: Mapping[str, str], *operands: Any) -> None:
    for operand in operands:
        found = kind_of(operand, kinds)
        if found not in (kind, NULL):
            words = {"text": node.sql(dialect="duckdb"), "part": operand.sql(dialect="duckdb")}
            raise _unlike(
                said("in {text}, {part} is a {found}, not a {wanted}", found=found, wanted=kind, **words)
            )


def _alike(node: Any, kinds: Mapping[str, str], *operands: Any) -> None:
    found = {kind_of(one, kinds) for one in operands} - {NULL}
    if len(found) > 1:
        both = " and ".join(sorted(found))
        raise _unlike(said("{text} compares a {both}", text=node.sql(dialect="duckdb"), both=both))
