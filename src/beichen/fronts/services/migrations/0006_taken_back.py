"""Decisions and bundles that are taken back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models

STATES = [
    ("waiting", "Waits for another part"),
    ("running", "In progress"),
    ("done", "Concluded"),
    ("refused", "Ended without the result"),
    ("blocked", "Cannot start"),
    ("skipped", "Not needed here"),
    ("withdrawn", "Withdrawn"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0005_as_written")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("affair", "annulled_at", models.DateTimeField(null=True)),
        migrations.AddField("bundlerun", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "bundlepart", "state", models.CharField(choices=STATES, default="waiting", max_length=10)
        ),
    ]
