"""Two column types that mean the same on both databases: text in code-point order, and a shape.

A shape is WKB in WGS 84 (longitude, latitude) everywhere in Python. SQLite keeps the bytes, PostgreSQL a
PostGIS geometry, so that the engine's own spatial index sees it.
"""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from beichen.kernel.columns import PlainText

__all__ = ["SRID", "PlainText", "ShapeField"]

SRID = 4326


class ShapeField(models.BinaryField[bytes, bytes]):
    """A geometry as WKB; ``geometry(Geometry, 4326)`` on PostgreSQL."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type by engine."""
        return f"geometry(Geometry,{SRID})" if connection.vendor == "postgresql" else "BLOB"
