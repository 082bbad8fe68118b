"""Readers and entitlements keep the key of their body, which may not be there yet.

Reversible where every body is there that they name.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

_NAMES = (("Reader", "body", "code_readers"), ("Entitlement", "grantor", "entitlements"))
_BODY = "kernel_org.body"


def _by_row(*, null: bool) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(_BODY, django.db.models.deletion.PROTECT, null=null, related_name="+")


def _by_key(name: str, related: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        _BODY,
        django.db.models.deletion.DO_NOTHING,
        to_field="key",
        null=True,
        db_constraint=False,
        db_column=f"{name}_key",
        related_name=related,
    )


def forward(apps: Any, _editor: Any) -> None:
    """Write the keys of the bodies down."""
    bodies = apps.get_model("kernel_org", "Body").objects
    for model, name, _related in _NAMES:
        key = bodies.filter(pk=OuterRef(f"{name}_row_id")).values("key")[:1]
        apps.get_model("fronts_codes", model).objects.update(**{f"{name}_id": Subquery(key)})


def backward(apps: Any, editor: Any) -> None:
    """Find the bodies by their keys."""
    bodies = apps.get_model("kernel_org", "Body").objects
    for model, name, _related in _NAMES:
        number = bodies.filter(key=OuterRef(f"{name}_id")).values("pk")[:1]
        apps.get_model("fronts_codes", model).objects.update(**{f"{name}_row_id": Subquery(number)})
    editor.connection.check_constraints()  # PostgreSQL alters no table with checks that are still to do


def _operations() -> list[Any]:
    before: list[Any] = []
    after: list[Any] = []
    for model, name, related in _NAMES:
        before += [
            migrations.RenameField(model, name, f"{name}_row"),
            migrations.AlterField(model, f"{name}_row", _by_row(null=True)),
            migrations.AddField(model, name, _by_key(name, related)),
        ]
        after.append(migrations.RemoveField(model, f"{name}_row"))
    return [*before, migrations.RunPython(forward, backward), *after]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_codes", "0002_boarding")]

    operations: ClassVar[list[Any]] = _operations()
