"""Column types that mean the same on both databases: text in code-point order, declarations in their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Text = models.TextField[Any, Any]
else:
    _Text = models.TextField


def is_written_alike(one: Any, other: Any) -> bool:
    """Whether two declarations say the same in the same order."""
    return orjson.dumps(one, default=float) == orjson.dumps(other, default=float)


class PlainText(models.CharField[Any, Any]):
    """Text that compares by code point on both databases, as the q language and Python do."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """The column's type with the collation that has no language."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class DeclarationField(_Text):
    """A declaration as it was written, as text: PostgreSQL's jsonb forgets in which order its keys stand."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Any:
        """The mapping; None where a join found no row."""
        return None if value is None else orjson.loads(value)

    def to_python(self, value: Any) -> Any:
        """The mapping, from either."""
        return orjson.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str:
        """The text."""
        return orjson.dumps(value, default=float).decode()  # YAML gives numbers of its own
