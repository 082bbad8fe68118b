"""The index of stages holds what is counted of them: no row is read for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("hubs_events", "0003_suggestion_quality")]
    operations: ClassVar = [
        migrations.RemoveIndex(model_name="case", name="case_stage"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["is_open", "stage", "due_at", "id", "grade", "level"], name="case_stage"
            ),
        ),
    ]
