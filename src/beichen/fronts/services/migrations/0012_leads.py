"""The few steps with a yellow card are found among many: how long before their end they get it, in classes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Case, F, Value, When

HOURS = (1, 4, 16, 64, 256, 1024)


def fill(apps: Any, _editor: Any) -> None:
    """Only of what waits: what is closed has no card any more."""
    classes = [
        When(due_at__lte=F("warn_at") + timedelta(hours=hours), then=Value(number))
        for number, hours in enumerate(HOURS)
    ]
    tasks = apps.get_model("fronts_services", "Task").objects.filter(closed_at__isnull=True)
    tasks.order_by().update(lead=Case(*classes, default=Value(len(HOURS))))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0011_objections")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("task", "lead", models.PositiveSmallIntegerField(default=len(HOURS))),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
