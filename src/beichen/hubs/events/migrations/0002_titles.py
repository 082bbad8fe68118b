"""The index of titles: FTS5 on SQLite, an array under GIN on PostgreSQL. By hand, as no model says either.

Nothing ties its rows to their cases, which are never deleted; a row without a case would find nothing.
"""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from beichen.hubs.events.titles import add_titles

SQLITE = (
    "CREATE VIRTUAL TABLE hubs_events_title USING fts5(grams, tokenize = ascii, detail = none, columnsize = 0)",
)
POSTGRESQL = (
    "CREATE TABLE hubs_events_title (case_id bigint PRIMARY KEY, grams bigint[] NOT NULL)",
    "CREATE INDEX hubs_events_title_grams ON hubs_events_title USING gin (grams)",
)


def forward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the index of this engine, with the titles that are there."""
    with editor.connection.cursor() as cursor:
        for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)
        cursor.execute("SELECT id, title FROM hubs_events_case")
        add_titles(cursor.fetchall())


def backward(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it."""
    with editor.connection.cursor() as cursor:
        cursor.execute("DROP TABLE hubs_events_title")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("hubs_events", "0001_cases")]
    operations: ClassVar = [migrations.RunPython(forward, backward)]
