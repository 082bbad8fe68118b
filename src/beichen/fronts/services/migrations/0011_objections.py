"""Objections to public notices are parts of their affairs; a notice may wait for the answers to them."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

RULINGS = [
    ("waiting", "Waits for an answer"),
    ("upheld", "Upheld"),
    ("dismissed", "Not upheld"),
    ("lapsed", "Lapsed: the application was withdrawn"),
]
PROTECT, SET_NULL = django.db.models.deletion.PROTECT, django.db.models.deletion.SET_NULL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_services", "0010_tasks_apart"), ("kernel_org", "0001_initial")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("timer", "held_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "Objection",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("step", models.CharField(max_length=60)),
                ("statement", models.TextField()),
                ("is_interested", models.BooleanField(default=False)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("key", models.CharField(max_length=100, null=True, unique=True)),
                ("secret", models.CharField(max_length=20)),
                ("filed_at", models.DateTimeField()),
                ("ruling", models.CharField(choices=RULINGS, default="waiting", max_length=10)),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("by", models.CharField(blank=True, max_length=100)),
                ("by_name", models.CharField(blank=True, max_length=100)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "affair",
                    models.ForeignKey(
                        on_delete=PROTECT, related_name="objections", to="fronts_services.affair"
                    ),
                ),
                ("body", models.ForeignKey(on_delete=PROTECT, related_name="+", to="kernel_org.body")),
                (
                    "person",
                    models.ForeignKey(null=True, on_delete=SET_NULL, related_name="+", to="kernel_org.person"),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["filed_at", "id"], name="objection_filed"),
                    models.Index(
                        condition=Q(ruling="waiting"),
                        fields=["body", "filed_at", "id"],
                        name="objection_waiting",
                    ),
                ],
            },
        ),
    ]
