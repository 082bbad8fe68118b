"""Steps of migrations: all tables of a room are created together; declarations are kept as they are written.

Django keeps a drawing of every model while it migrates, and draws anew all that are connected with a model
that is created. In a city's house nearly all are connected: of two hundred tables made one after the other
each was drawn a hundred times, which took most of the minute of a first start. Tables made together are drawn
once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

__all__ = ["CreateModels", "KeepAsWritten"]


class CreateModels(Operation):
    """Creates models, each with its indexes and constraints; they may refer to each other in any order.

    The tables are those that the same ``CreateModel`` operations make one after the other: foreign keys are
    checked at the end of a migration on both databases. Reversible.
    """

    serialization_expand_args: ClassVar[Any] = ["models"]

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models; what was drawn before is drawn again with them when it is next asked for."""
        if "apps" in state.__dict__:
            del state.apps
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the tables."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the tables, the last first."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What ``migrate --plan`` says."""
        return f"Create models {', '.join(model.name for model in self.models)}"


class KeepAsWritten(Operation):
    """Columns of declarations, by model, from JSON to :class:`beichen.kernel.columns.DeclarationField`.

    PostgreSQL's jsonb forgets the order of keys: what was kept so has lost it, until it is declared again.
    On SQLite the column holds the same text before and after, and no table is made anew. Reversible; the
    order is lost again then.
    """

    reversible = True

    def __init__(self, columns: Mapping[str, Mapping[str, models.Field[Any, Any]]]) -> None:
        self.columns = columns

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All of them at once: what was drawn before is drawn again with them."""
        if "apps" in state.__dict__:
            del state.apps
        for model, fields in self.columns.items():
            state.models[app_label, model].fields.update(fields)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Change the types of columns where there is one of its own for JSON."""
        self._change(app_label, schema_editor, "text")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Change them back."""
        self._change(app_label, schema_editor, "jsonb")

    def _change(self, app_label: str, editor: BaseDatabaseSchemaEditor, kind: str) -> None:
        if editor.connection.vendor != "postgresql":
            return
        for table, column in self._places(app_label):
            editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {column}::{kind}")

    def _places(self, app_label: str) -> Iterator[tuple[str, str]]:
        for model, fields in self.columns.items():
            for name in fields:
                yield f"{app_label}_{model}", f'"{name}"'

    def describe(self) -> str:
        """What ``migrate --plan`` says."""
        return f"Keep declarations of {', '.join(self.columns)} as they are written"
