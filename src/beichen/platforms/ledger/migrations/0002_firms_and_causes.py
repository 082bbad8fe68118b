"""Certificates of firms; what gave a certificate, and why it counts no more."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q


def _text(length: int, **more: Any) -> models.CharField[str, str]:
    return models.CharField(max_length=length, blank=True, default="", **more)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("platforms_ledger", "0001_ledger")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("certificate", "firm", _text(64)),
        migrations.AddField("certificate", "origin", _text(80)),
        migrations.AddField("certificate", "matter", _text(60)),
        migrations.AddField(
            "certificate",
            "cause",
            _text(
                10,
                choices=[
                    ("withdrawn", "The application that it came from was withdrawn."),
                    ("annulled", "The decision that it came from was taken back."),
                ],
            ),
        ),
        migrations.AddConstraint(
            "certificate",
            models.CheckConstraint(condition=Q(holder__isnull=True) | Q(firm=""), name="certificate_of_one"),
        ),
        migrations.AddIndex(
            "certificate",
            models.Index(fields=["firm", "-id"], condition=~Q(firm=""), name="certificate_firm"),
        ),
        migrations.AddIndex(
            "certificate",
            models.Index(fields=["origin"], condition=~Q(origin=""), name="certificate_origin"),
        ),
    ]
