"""Declarations of processes and forms in the order in which they were written."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

from beichen.kernel.columns import DeclarationField
from beichen.kernel.creation import KeepAsWritten


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0004_bundle_drafts")]

    operations: ClassVar[list[Any]] = [
        KeepAsWritten(
            {
                "definition": {"declared": DeclarationField()},
                "formversion": {"declared": DeclarationField()},
                "submission": {"declared": DeclarationField(default=dict)},
            }
        )
    ]
