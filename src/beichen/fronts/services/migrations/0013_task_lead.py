"""The index of those classes, once they are known."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

OPEN = Q(closed_at__isnull=True, is_paused=False)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0012_leads")]

    operations: ClassVar[list[Any]] = [
        migrations.AddIndex(
            "task",
            models.Index(
                condition=OPEN, fields=["lead", "due_at", "warn_at", "body", "id"], name="task_lead"
            ),
        ),
    ]
