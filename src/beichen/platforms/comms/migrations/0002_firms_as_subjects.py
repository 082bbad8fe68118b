"""A delivery may be to a firm: its credit code is longer than a person's code."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("platforms_comms", "0001_messages")]

    operations: ClassVar[list[Any]] = [
        migrations.AlterField("delivery", "data_subject", models.CharField(blank=True, max_length=64)),
    ]
