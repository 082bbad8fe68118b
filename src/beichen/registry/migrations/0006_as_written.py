"""Fields, names, relations, measures and commands of types in the order in which they were written."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

from beichen.kernel.columns import DeclarationField
from beichen.kernel.creation import KeepAsWritten

COLUMNS = ("fields", "labels", "relations", "measures", "commands")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0005_living_twin")]

    operations: ClassVar[list[Any]] = [
        KeepAsWritten({"objecttype": {name: DeclarationField(default=dict) for name in COLUMNS}})
    ]
