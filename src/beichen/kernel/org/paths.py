"""The lookup `under`: whether a path lies in a subtree, as one indexed range and exact in case.

`startswith` would do on PostgreSQL; on SQLite it becomes LIKE, which ignores case and reads every row.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_AFTER_SLASH = chr(ord("/") + 1)


@models.CharField.register_lookup
class Under(models.Lookup[Any]):
    """``path__under="/220000/220100/"``: the node with this path and everything below it."""

    lookup_name = "under"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """From the prefix up to the first text that no longer starts with it (paths end with a slash)."""
        left, parameters = self.process_lhs(compiler, connection)
        prefix = str(self.rhs)
        values = (*parameters, prefix, *parameters, prefix[:-1] + _AFTER_SLASH)
        return f"({left} >= %s AND {left} < %s)", values

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """A pattern, which the index with pattern operators serves under any collation."""
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s", (*parameters, connection.ops.prep_for_like_query(str(self.rhs)) + "%")
