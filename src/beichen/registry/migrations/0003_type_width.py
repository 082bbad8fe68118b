"""Give a type half a unit of width in the R*Tree of SQLite.

The tree judges its splits by volume. As long as a box began and ended at its type, every volume was zero and
the tree was one in name only: a small box among 100,000 places took seventy times as long.
"""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SOURCE = "registry_objectshape"


def _rebuild(editor: BaseDatabaseSchemaEditor, width: str) -> None:
    """The tree anew from all shapes, each ``width`` units of type wide."""
    if editor.connection.vendor != "sqlite":
        return
    box = "{0}.id, {0}.west, {0}.east, {0}.south, {0}.north, {0}.type_id, {0}.type_id + " + width
    statements = (
        "DROP TRIGGER registry_shape_added",
        "DELETE FROM registry_box",
        f"INSERT INTO registry_box SELECT {box.format(_SOURCE)} FROM {_SOURCE}",
        f"CREATE TRIGGER registry_shape_added AFTER INSERT ON {_SOURCE} BEGIN "
        f"INSERT INTO registry_box VALUES ({box.format('NEW')}); END",
    )
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def forward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Half a unit: no type's box touches the next type's."""
    _rebuild(editor, "0.5")


def backward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """No width, as before."""
    _rebuild(editor, "0")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0002_spatial")]
    operations: ClassVar = [migrations.RunPython(forward, backward)]
