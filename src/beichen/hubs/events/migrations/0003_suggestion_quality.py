"""Measurements of suggestions."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("hubs_events", "0002_titles")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SuggestionQuality",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("measured_at", models.DateTimeField(db_index=True)),
                ("cases", models.PositiveIntegerField()),
                ("kinds", models.PositiveIntegerField()),
                ("figures", models.JSONField(default=dict)),
            ],
            options={"ordering": ["-measured_at", "-id"]},
        ),
    ]
