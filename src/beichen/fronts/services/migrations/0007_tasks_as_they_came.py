"""What waits, as it came in: by body and in the whole city, a million rows in their order."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

OPEN = Q(closed_at__isnull=True)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0006_taken_back")]

    operations: ClassVar[list[Any]] = [
        migrations.AddIndex(
            "task", models.Index(condition=OPEN, fields=["body", "opened_at", "id"], name="task_came")
        ),
        migrations.AddIndex("task", models.Index(condition=OPEN, fields=["opened_at", "id"], name="task_first")),
    ]
