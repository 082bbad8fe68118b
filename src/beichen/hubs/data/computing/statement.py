"""The one SELECT in an indicator's file: parsed, with its places, and what may not stand in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from beichen.hubs.data.computing import codes
from beichen.problem import Problem, ProblemError, Where, said, shorten

DIALECT = "duckdb"
# what another run would answer otherwise, or what looks beyond the rows of a period
_REFUSED: dict[type[Any], str] = {
    exp.Window: "OVER", exp.Subquery: "(SELECT …)", exp.With: "WITH", exp.Limit: "LIMIT",
    exp.Offset: "OFFSET", exp.Order: "ORDER BY", exp.Qualify: "QUALIFY", exp.TableSample: "TABLESAMPLE",
    exp.Distinct: "DISTINCT", exp.Into: "INTO", exp.Lateral: "LATERAL", exp.Placeholder: "?",
    exp.Parameter: "$", exp.Values: "VALUES",
}  # fmt: skip
_FUNCTIONS = frozenset(
    {
        "now", "today", "current_date", "current_time", "current_timestamp", "current_datetime",
        "localtime", "localtimestamp", "rand", "random", "get_current_time", "get_current_timestamp",
        "transaction_timestamp", "statement_timestamp", "uuid", "gen_random_uuid", "uuidv4", "uuidv7",
        "setseed", "nextval", "currval", "first", "last", "any_value", "arbitrary", "first_value",
        "last_value", "getenv", "current_setting", "age", "getvariable", "query", "query_table",
        "version", "txid_current",
    }
)  # fmt: skip


class Place:
    """Places in one file, by offset."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file

    def __call__(self, at: int) -> Where:
        """The line and column of the character at ``at``."""
        line = self._text.count("\n", 0, at) + 1
        return Where(self._file, line, at - (self._text.rfind("\n", 0, at) + 1) + 1)

    def of(self, node: Any) -> Where:
        """Where an expression begins, as far as its names say; otherwise the SELECT."""
        placed = node.find_all(exp.Identifier, exp.Func)
        starts = [found.meta["start"] for found in placed if "start" in found.meta]
        return self(min(starts)) if starts else self.select

    @property
    def select(self) -> Where:
        """Where the SELECT begins."""
        found = re.search(r"^\s*[^-\s]", self._text, re.MULTILINE)
        return self(found.end() - 1 if found else 0)


def select(text: str, place: Place) -> Any:
    """The one SELECT. Raises ProblemError DAT-202."""
    try:
        trees = [tree for tree in sqlglot.parse(text, dialect=DIALECT) if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise ProblemError(_unreadable(error, place)) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise ProblemError(Problem(codes.BAD_SQL, said("exactly one SELECT is expected"), place.select))
    return trees[0]


def _unreadable(error: Exception, place: Place) -> Problem:
    found = re.search(r"Line (\d+), Col: (\d+)", str(error))
    where = place.select
    if found:
        where = Where(where.file, int(found[1]), int(found[2]))
    reason = re.sub(r"\x1b\[[0-9]*m", "", str(error)).splitlines()[0].partition(" Line ")[0].rstrip(". ")
    message = said("the SQL cannot be read: {reason}", reason=reason[:50] or type(error).__name__)
    return Problem(codes.BAD_SQL, shorten(message), where)


def refusals(tree: Any, place: Place, allowed: Collection[int] = ()) -> Iterator[Problem]:
    """What may not stand in an indicator; ``allowed`` are the ids of the nodes that its WITH may hold."""
    for node in tree.walk():
        if id(node) in allowed:
            continue
        named = _name(node) if isinstance(node, exp.Func) else ""
        is_counted = isinstance(node, exp.Distinct) and isinstance(node.parent, exp.AggFunc)
        words = next((word for kind, word in _REFUSED.items() if isinstance(node, kind)), "")
        is_beyond = isinstance(node, exp.Table) and (
            node.args.get("db") or not isinstance(node.this, exp.Identifier)
        )
        if is_beyond:
            words = node.sql(dialect=DIALECT)
        elif isinstance(node, exp.Query) and node is not tree:
            words = "(SELECT …)"
        if (
            (words and not is_counted)
            or named in _FUNCTIONS
            or named.startswith(("read_", "approx_", "reservoir_"))
        ):
            message = said("this cannot stand in an indicator: {words}", words=words or f"{named}()")
            hint = said("the rows of a period alone say its value, today and tomorrow")
            yield Problem(codes.NOT_ALLOWED, shorten(message), place.of(node), hint)


def _name(function: Any) -> str:
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return str(name).lower()
