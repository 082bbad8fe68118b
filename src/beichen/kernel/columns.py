"""A column type that means the same on both databases: text in code-point order."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class PlainText(models.CharField[Any, Any]):
    """Text that compares by code point on both databases, as the q language and Python do."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """The column's type with the collation that has no language."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters
