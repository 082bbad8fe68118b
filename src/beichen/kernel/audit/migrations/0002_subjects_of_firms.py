"""Subjects of records may be firms: a credit code (GB 32100) has 18 characters, a code of the registry up to 64.

PostgreSQL refused such a record, and with it the act. SQLite never looked at the length: there is nothing to do.
The column only becomes wider, which touches no record; going back is refused where one is longer.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _set(editor: BaseDatabaseSchemaEditor, length: int) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE kernel_audit_record ALTER COLUMN subject TYPE varchar({length})")


def widen(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Let codes of firms in."""
    _set(editor, 64)


def narrow(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """As it was."""
    _set(editor, 16)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("kernel_audit", "0001_chain")]

    operations: ClassVar[list[Any]] = [
        migrations.AlterField("auditrecord", "subject", models.CharField(max_length=64)),
        migrations.RunPython(widen, narrow),
    ]
