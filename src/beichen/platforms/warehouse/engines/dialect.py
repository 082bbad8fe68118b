"""A question in DuckDB's SQL as Spark reads it, so that it says the same.

sqlglot writes the statement from its tree. Here stands what it leaves otherwise: the boundaries that
``date_diff`` counts, the city's zone, days of the week, division. What has no counterpart is refused, and so
is every function that the parser does not know: Spark has some that call Java.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.facts import ColumnType
from beichen.platforms.warehouse.statements import DIALECT
from beichen.problem import Problem, ProblemError, said, shorten

Kinds = Mapping[str, Collection[ColumnType]]
SPARK = "spark"
UNITS = {"microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"}
_LOCAL = {exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ, exp.DataType.Type.DATE}
_WIDE = {exp.DataType.Type.INT128, exp.DataType.Type.UINT128}


def translated(text: str, kinds: Kinds) -> str:
    """The statement for Spark; ``kinds`` are the types of the columns of each name in the tables shown.

    Raises ProblemError WHS-204 for what Spark cannot be asked.
    """
    try:
        tree = sqlglot.parse_one(text, dialect=DIALECT)
        for node in tree.walk():
            _refuse(node)
        _name_columns(tree)
        for node in reversed(list(tree.walk())):  # from the leaves up
            if change := _CHANGES.get(type(node)):
                node.replace(change(node, kinds))
        return str(tree.sql(dialect=SPARK, identify=True, comments=False))
    except SqlglotError as error:
        raise ProblemError(_foreign(str(error).splitlines()[0][:60])) from None


def _foreign(words: str) -> Problem:
    message = shorten(said("Spark cannot be asked this: {words}", words=words))
    return Problem(codes.FAILED_SQL, message, hint=said("duckdb:// answers it"))


def _refuse(node: Any) -> None:
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc | exp.CurrentUser):
        words = node.name or node.sql_name()
        raise ProblemError(_foreign(f"{words.lower()}()"))


def _name_columns(tree: Any) -> None:
    """Columns without a name are called as they were written, not as Spark writes them."""
    while isinstance(tree, exp.SetOperation):
        tree = tree.left
    if isinstance(tree, exp.Select):
        for item in tree.expressions:
            if not isinstance(item, exp.Alias | exp.Aliases | exp.Column | exp.Star):
                item.replace(exp.alias_(item.copy(), item.sql(dialect=DIALECT), quoted=True))


def _division(node: Any, _kinds: Kinds) -> Any:
    """Of any two numbers a double; by nothing it is empty, where DuckDB says infinite."""
    return exp.Anonymous(
        this="TRY_DIVIDE", expressions=[exp.cast(node.this, "double"), exp.cast(node.expression, "double")]
    )


def _whole(node: Any, _kinds: Kinds) -> Any:
    """Empty where the divisor is nothing, in both."""
    divisor = exp.paren(node.expression.copy())
    node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))
    return node


def _difference(node: Any, _kinds: Kinds) -> Any:
    """DuckDB counts boundaries between two moments; Spark whole units: after cutting they are the same."""
    unit = str(node.args["unit"].name).lower() if node.args.get("unit") else "day"
    if unit not in UNITS:
        raise ProblemError(_foreign(f"date_diff('{unit}')"))
    ends = [
        exp.Anonymous(this="DATE_TRUNC", expressions=[exp.Literal.string(unit.upper()), end.copy()])
        for end in (node.expression, node.this)
    ]
    return exp.Anonymous(this="TIMESTAMPDIFF", expressions=[exp.var(unit.upper()), *ends])


def _truncated(node: Any, kinds: Kinds) -> Any:
    """Spark's TRUNC knows no day: DATE_TRUNC does. What was no moment of a zone is none afterwards."""
    unit = str(node.args["unit"].name).upper() if node.args.get("unit") else "DAY"
    if unit.lower() not in UNITS:
        raise ProblemError(_foreign(f"date_trunc('{unit.lower()}')"))
    cut = exp.Anonymous(this="DATE_TRUNC", expressions=[exp.Literal.string(unit), node.this.copy()])
    return exp.cast(cut, exp.DataType.Type.TIMESTAMPNTZ) if _is_local(node.this, kinds) else cut


def _in_zone(node: Any, kinds: Kinds) -> Any:
    """A moment as a clock of the zone shows it; what a clock shows, as a moment."""
    here = exp.Anonymous(this="CURRENT_TIMEZONE")
    clock = exp.cast(node.this.copy(), exp.DataType.Type.TIMESTAMPNTZ)
    zone = node.args["zone"].copy()
    if _is_local(node.this, kinds):
        moved = exp.Anonymous(this="CONVERT_TIMEZONE", expressions=[zone, here, clock])
        return exp.cast(moved, exp.DataType.Type.TIMESTAMPTZ)
    return exp.Anonymous(this="CONVERT_TIMEZONE", expressions=[here, zone, clock])


def _is_local(node: Any, kinds: Kinds) -> bool:
    """Whether a value is a date or a clock's time rather than a moment, as far as it can be seen."""
    node = node.unnest()
    if isinstance(node, exp.Anonymous):  # what was translated before its parent
        return str(node.this) == "CONVERT_TIMEZONE"
    if isinstance(node, exp.Cast):
        return node.to.this in _LOCAL
    if isinstance(node, exp.Column):
        return set(kinds.get(node.name.lower(), ())) == {ColumnType.DATE}
    return isinstance(node, exp.AtTimeZone) and not _is_local(node.this, kinds)


def _weekday(node: Any, _kinds: Kinds) -> Any:
    """Sunday is 0, and 1 in Spark."""
    return exp.paren(exp.Anonymous(this="DAYOFWEEK", expressions=[node.this.copy()]) - 1)


def _iso_weekday(node: Any, _kinds: Kinds) -> Any:
    """Monday is 1, and 0 in Spark's WEEKDAY."""
    return exp.paren(exp.Anonymous(this="WEEKDAY", expressions=[node.this.copy()]) + 1)


def _week(node: Any, _kinds: Kinds) -> Any:
    return exp.Anonymous(this="WEEKOFYEAR", expressions=[node.this.copy()])


def _percentile(node: Any, _kinds: Kinds) -> Any:
    """Between two values, as DuckDB's ``quantile_cont``."""
    if node.args.get("expression") is None:
        return node
    return exp.Anonymous(this="PERCENTILE", expressions=[node.this.copy(), node.expression.copy()])


def _extract(node: Any, kinds: Kinds) -> Any:
    part = str(node.this.name).lower()
    days = {"dow": _weekday, "dayofweek": _weekday, "weekday": _weekday, "isodow": _iso_weekday}
    if part in days:
        return days[part](exp.DayOfWeek(this=node.expression), kinds)
    if part not in UNITS - {"microsecond", "millisecond", "second"} | {"doy"}:
        raise ProblemError(_foreign(f"extract({part})"))
    return node


def _cast(node: Any, _kinds: Kinds) -> Any:
    if node.to.this in _WIDE:
        node.set("to", exp.DataType.build("decimal(38, 0)"))
    return node


_CHANGES: dict[type[Any], Any] = {
    exp.Div: _division,
    exp.IntDiv: _whole,
    exp.Mod: _whole,
    exp.DateDiff: _difference,
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.AtTimeZone: _in_zone,
    exp.DayOfWeek: _weekday,
    exp.DayOfWeekIso: _iso_weekday,
    exp.PercentileCont: _percentile,
    exp.Week: _week,
    exp.Extract: _extract,
    exp.Cast: _cast,
}
