"""Declarations in the order in which they were written.

PostgreSQL kept declarations as jsonb, which forgets the order of keys: forms showed their fields by the length
of their names. What was kept so has lost its order; a scene that is installed again brings it back. On SQLite
the column holds the same text before and after, and no table is made anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from beichen.kernel.columns import DeclarationField

MODELS = ("definition", "formversion", "submission")


class KeepAsWritten(Operation):
    """The column ``declared`` of all of these as text. Reversible; the order is lost again then."""

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All of them at once: what was drawn before is drawn again with them."""
        if "apps" in state.__dict__:
            del state.apps
        for name in MODELS:
            column = DeclarationField(default=dict) if name == "submission" else DeclarationField()
            state.models[app_label, name].fields["declared"] = column

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, _from: ProjectState, _to: ProjectState
    ) -> None:
        """Change the column's type where there is one of its own for JSON."""
        self._change(app_label, editor, "text")

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, _from: ProjectState, _to: ProjectState
    ) -> None:
        """Change it back."""
        self._change(app_label, editor, "jsonb")

    def _change(self, app_label: str, editor: BaseDatabaseSchemaEditor, kind: str) -> None:
        if editor.connection.vendor != "postgresql":
            return
        for name in MODELS:
            table = f"{app_label}_{name}"
            editor.execute(f"ALTER TABLE {table} ALTER COLUMN declared TYPE {kind} USING declared::{kind}")

    def describe(self) -> str:
        """What it does."""
        return "Keep declarations as they were written"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0004_bundle_drafts")]

    operations: ClassVar[list[Any]] = [KeepAsWritten()]
