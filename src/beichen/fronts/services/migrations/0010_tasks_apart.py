"""The few steps among many that somebody has taken, or whose clock stands still, are found by an index."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

APART = Q(Q(is_paused=True) | Q(standing="taken"), closed_at__isnull=True)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0009_refunds")]

    operations: ClassVar[list[Any]] = [
        migrations.AddIndex(
            "task", models.Index(condition=APART, fields=["body", "due_at", "id"], name="task_apart")
        ),
    ]
