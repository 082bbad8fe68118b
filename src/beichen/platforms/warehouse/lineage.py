"""Where the columns of an answer come from: table and column, through every step of the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from beichen.platforms.warehouse.facts import ColumnType
from beichen.platforms.warehouse.schema import DUCKDB
from beichen.platforms.warehouse.statements import DIALECT, parsed

Columns = Mapping[str, Mapping[str, ColumnType]]


def lineage_of(text: str, known: Columns) -> dict[str, list[str]]:
    """For each column of the answer the columns of tables that it is made of, ``cases.region``.

    A column that is counted or constant comes from none; a question that sqlglot cannot follow gives {}.
    Raises ProblemError WHS-201 to 203 for text that is no question.
    """
    schema: dict[str, object] = {
        name: {column: DUCKDB[kind] for column, kind in columns.items()} for name, columns in known.items()
    }
    try:
        tree = qualify(
            parsed(text).copy(),
            schema=schema,
            dialect=DIALECT,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        scope = build_scope(tree)
        return {name: _leaves(name, tree, schema, scope) for name in tree.named_selects}
    except (SqlglotError, RecursionError, ValueError):
        return {}


def _leaves(name: str, tree: Any, schema: Any, scope: Any) -> list[str]:
    node = lineage(name, tree, schema=schema, dialect=DIALECT, scope=scope, copy=False)
    found = {
        f"{leaf.expression.name}.{leaf.name.rpartition('.')[2]}"
        for leaf in node.walk()
        if isinstance(leaf.expression, exp.Table)
    }
    return sorted(found)
