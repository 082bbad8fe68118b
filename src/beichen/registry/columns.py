"""Two column types that mean the same on both databases: text in code-point order, and a shape.

A shape is WKB in WGS 84 (longitude, latitude) everywhere in Python. SQLite keeps the bytes, PostgreSQL a
PostGIS geometry, so that the engine's own spatial index sees it.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

SRID = 4326


class PlainText(models.CharField[Any, Any]):
    """Text that compares by code point on both databases, as the q language and Python do."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """The column's type with the collation that has no language."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class ShapeField(models.BinaryField[bytes, bytes]):
    """A geometry as WKB; ``geometry(Geometry, 4326)`` on PostgreSQL."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type by engine."""
        return f"geometry(Geometry,{SRID})" if connection.vendor == "postgresql" else "BLOB"
