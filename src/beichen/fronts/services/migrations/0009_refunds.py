"""When a paid fee goes back: the terms of its order, the ending that was weighed, what waits for an officer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Q

BACK = Q(state__in=["asked", "refunding"]) | Q(state="expired", paid_at__isnull=False)
COUNTS = Q(state__in=["due", "paid", "asked", "refunding"])
STATES = [
    ("due", "To be paid"),
    ("paid", "Paid"),
    ("expired", "Expired"),
    ("asked", "Refund to be decided"),
    ("refunding", "Refund ordered"),
    ("refunded", "Refunded"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0008_lists_of_many")]

    operations: ClassVar[list[Any]] = [
        migrations.RemoveConstraint("payment", "payment_once"),
        migrations.AddField("payment", "ended", models.CharField(blank=True, max_length=10)),
        migrations.AddField("payment", "terms", models.JSONField(default=dict)),
        migrations.AlterField(
            "payment", "state", models.CharField(choices=STATES, default="due", max_length=10)
        ),
        migrations.AddIndex("payment", models.Index(condition=BACK, fields=["id"], name="payment_back")),
        migrations.AddConstraint(
            "payment", models.UniqueConstraint(condition=COUNTS, fields=["affair"], name="payment_once")
        ),
    ]
