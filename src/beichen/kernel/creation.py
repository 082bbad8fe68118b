"""One step of a migration that creates all tables of a room together.

Django keeps a drawing of every model while it migrates, and draws anew all that are connected with a model
that is created. In a city's house nearly all are connected: of two hundred tables made one after the other
each was drawn a hundred times, which took most of the minute of a first start. Tables made together are drawn
once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

__all__ = ["CreateModels"]


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
