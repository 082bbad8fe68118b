"""SQL that only asks: one SELECT in DuckDB's dialect over known tables, no files, no network.

The engine refuses files too (``enable_external_access``); this refuses what it would still allow: changing
views, reading another table's files by their path, statements beside the first.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.engines.calls import MAKERS
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

DIALECT = "duckdb"
LONGEST = 100_000
# what reads files or the engine itself, runs SQL that stands in a text, or calls into the machine (Spark)
OUTWARD = ("read_", "scan_", "parquet_", "sniff_", "duckdb_", "pragma_", "query", "json_execute_", "pg_get_")
FORBIDDEN = {
    "glob", "show", "arrow_scan", "pandas_scan", "seq_scan", "which_secret", "python_map_function",
    "current_setting", "getvariable", "getenv", "current_query", "write_log", "nextval", "currval",
    "reflect", "try_reflect", "java_method", "input_file_name",
}  # fmt: skip
_PLACE = re.compile(r"Line (\d+), Col: (\d+)")


@lru_cache(maxsize=1024)
def parsed(text: str) -> Any:
    """The one question in ``text``; do not change it: copies are cached.

    Raises ProblemError WHS-201 with the line and column, WHS-202, WHS-203.
    """
    if len(text) > LONGEST:
        message = said("longer than {limit:,} characters", limit=LONGEST)
        raise ProblemError(Problem(codes.BAD_SQL, message))
    try:
        trees = sqlglot.parse(text, dialect=DIALECT)
    except (SqlglotError, RecursionError) as error:
        raise ProblemError(_unreadable(error)) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise ProblemError(Problem(codes.NOT_A_QUESTION, said("one SELECT is expected"), Where(line=1)))
    for node in trees[0].walk():
        _refuse(node)
    return trees[0]


def tables_of(tree: Any) -> frozenset[str]:
    """The tables that a question reads, those that it makes itself (WITH) left out. Raises WHS-201."""
    try:
        sources = [source for scope in traverse_scope(tree) for source in scope.sources.values()]
    except SqlglotError as error:
        raise ProblemError(_unreadable(error)) from None
    found = {
        source.name
        for source in sources
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
    }
    # what the scopes do not see (a table in an expression that is no subquery) is no name of theirs either
    own = {query.alias_or_name for query in tree.find_all(exp.CTE)}
    rest = {table.name for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier)}
    return frozenset(found | (rest - own))


def check_tables(tree: Any, known: Collection[str]) -> frozenset[str]:
    """The tables that a question reads. Raises ProblemError WHS-404 for each that is not known."""
    names = tables_of(tree)
    lower = {name.lower(): name for name in known}
    unknown = sorted(name for name in names if name.lower() not in lower)
    if unknown:
        raise ProblemError(*(no_table(name, known) for name in unknown))
    return frozenset(lower[name.lower()] for name in names)


def no_table(name: str, known: Collection[str]) -> Problem:
    """That there is no such table, with the nearest."""
    message = shorten(said("no table is called {name}", name=name))
    return Problem(codes.NO_TABLE, message, hint=nearest(name, known))


def _refuse(node: Any) -> None:
    """What may stand in no question. Raises ProblemError WHS-202, WHS-203."""
    if isinstance(node, exp.Command | exp.DML | exp.DDL) and not isinstance(node, exp.Query):
        raise ProblemError(Problem(codes.NOT_A_QUESTION, said("one SELECT is expected")))
    if isinstance(node, exp.Into):
        raise ProblemError(Problem(codes.NOT_A_QUESTION, said("a question keeps nothing")))
    if isinstance(node, exp.Table):
        _refuse_table(node)
    elif isinstance(node, exp.Lateral):
        _refuse_lateral(node)
    elif isinstance(node, exp.Func) and (_name(node).startswith(OUTWARD) or _name(node) in FORBIDDEN):
        raise ProblemError(_beyond(_name(node)))


def _refuse_lateral(node: Any) -> None:
    """What LATERAL calls is no table to the parser, and makes rows all the same: also of other SQL, which
    nobody would have looked at."""
    called = node.this
    is_plain = isinstance(called, exp.Subquery | exp.Unnest)
    if not is_plain and not (isinstance(called, exp.Func) and _name(called) in MAKERS):
        raise ProblemError(_beyond(_name(called) if isinstance(called, exp.Func) else "LATERAL"))


def _refuse_table(node: Any) -> None:
    if isinstance(node.this, exp.Func):
        if _name(node.this) not in MAKERS:
            raise ProblemError(_beyond(_name(node.this)))
    elif node.args.get("db") or node.args.get("catalog") or node.args.get("version") or node.args.get("when"):
        raise ProblemError(_beyond(node.sql(dialect=DIALECT)))


def _name(function: Any) -> str:
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return str(name).lower()


def _beyond(found: str) -> Problem:
    message = shorten(said("{found} is not allowed", found=found))
    return Problem(codes.NOT_ALLOWED, message, hint=said("questions read the city's tables alone"))


def _unreadable(error: Exception) -> Problem:
    text = re.sub(r"\x1b\[[0-9]*m", "", str(error))
    found = _PLACE.search(text)
    where = Where(line=int(found[1]), column=int(found[2])) if found else Where()
    reason = text.splitlines()[0].partition(" Line ")[0].rstrip(". ") or type(error).__name__
    return Problem(
        codes.BAD_SQL, shorten(said("the SQL cannot be read: {reason}", reason=reason[:50])), where
    )
