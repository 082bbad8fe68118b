"""The index of affairs' titles: FTS5 on SQLite, an array under GIN on PostgreSQL. By hand, as no model says
either; reversible."""

from __future__ import annotations

from itertools import islice
from typing import Any, ClassVar

from django.db import migrations

from beichen.kernel.grams import GramIndex

INDEX = GramIndex("fronts_services_title", "affair_id")
AT_ONCE = 2_000


def forward(apps: Any, editor: Any) -> None:
    """Create the index, with the titles that are there."""
    with editor.connection.cursor() as cursor:
        for statement in INDEX.create():
            cursor.execute(statement)
    affairs = apps.get_model("fronts_services", "Affair").objects.exclude(title="").order_by("pk")
    rows = affairs.values_list("pk", "title").iterator(AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        INDEX.add(some)


def backward(_apps: Any, editor: Any) -> None:
    """Drop it."""
    with editor.connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {INDEX.table}")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0013_task_lead")]
    operations: ClassVar[list[Any]] = [migrations.RunPython(forward, backward)]
