"""The spatial index: an R*Tree kept in step by triggers on SQLite, GiST on PostgreSQL."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    """
    CREATE VIRTUAL TABLE registry_box USING rtree(id, west, east, south, north, type_low, type_high)
    """,
    """
    CREATE TRIGGER registry_shape_added AFTER INSERT ON registry_objectshape BEGIN
      INSERT INTO registry_box VALUES
        (NEW.id, NEW.west, NEW.east, NEW.south, NEW.north, NEW.type_id, NEW.type_id);
    END
    """,
    """
    CREATE TRIGGER registry_shape_removed AFTER DELETE ON registry_objectshape BEGIN
      DELETE FROM registry_box WHERE id = OLD.id;
    END
    """,
    """
    CREATE TRIGGER registry_shape_stays BEFORE UPDATE ON registry_objectshape BEGIN
      SELECT RAISE(ABORT, 'a shape is removed and added, never changed');
    END
    """,
)
SQLITE_BACK = (
    "DROP TRIGGER registry_shape_stays",
    "DROP TRIGGER registry_shape_removed",
    "DROP TRIGGER registry_shape_added",
    "DROP TABLE registry_box",
)
POSTGRESQL = ("CREATE INDEX registry_shape ON registry_objectshape USING gist (shape)",)
POSTGRESQL_BACK = ("DROP INDEX registry_shape",)


def _run(editor: BaseDatabaseSchemaEditor, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    statements = postgresql if editor.connection.vendor == "postgresql" else sqlite
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def forward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the index of this engine."""
    _run(editor, SQLITE, POSTGRESQL)


def backward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it."""
    _run(editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0001_objects")]
    operations: ClassVar = [migrations.RunPython(forward, backward)]
