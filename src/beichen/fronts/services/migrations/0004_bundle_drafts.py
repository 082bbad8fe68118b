"""Drafts and submissions of bundles: what an applicant sends opens an affair, or the run of a bundle."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0003_applicants")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("draft", "is_bundle", models.BooleanField(default=False)),
        migrations.AddField("bundlerun", "agent", models.CharField(blank=True, default="", max_length=40), False),
        migrations.AlterField(
            "submission",
            "affair",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submission",
                to="fronts_services.affair",
            ),
        ),
        migrations.AddField(
            "submission",
            "run",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submission",
                to="fronts_services.bundlerun",
            ),
        ),
        migrations.AddField("submission", "declared", models.JSONField(default=dict)),
        migrations.AddConstraint(
            "submission",
            models.CheckConstraint(
                condition=Q(affair__isnull=True, run__isnull=False)
                | Q(affair__isnull=False, run__isnull=True),
                name="submission_opened_one",
            ),
        ),
    ]
