"""The indexes of what is written in addresses and of names of places: FTS5 on SQLite, arrays under GIN on PostgreSQL.

By hand, as no model says either. Nothing ties their rows to what they index: one without finds nothing.
"""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from beichen.kernel.grams import GramIndex

INDEXES = (
    GramIndex("platforms_geo_address_text", "address_id"),
    GramIndex("platforms_geo_place_text", "place_id"),
)


def forward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create both; there is nothing to index yet."""
    with editor.connection.cursor() as cursor:
        for index in INDEXES:
            for statement in index.create():
                cursor.execute(statement)


def backward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them."""
    with editor.connection.cursor() as cursor:
        for index in INDEXES:
            cursor.execute(f"DROP TABLE {index.table}")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("platforms_geo", "0003_addresses")]
    operations: ClassVar = [migrations.RunPython(forward, backward)]
