"""What is given back, and the sums of days. What gates took before is counted, and known as forgotten.

Reversible.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

_COUNT = ("start", "taken", "returned", "forgotten")


def forward(apps: Any, _editor: Any) -> None:
    """A counter began with what is declared, or with what is left where that is more."""
    rows = apps.get_model("fronts_codes", "Counter").objects
    kinds = apps.get_model("fronts_codes", "Entitlement").objects.filter(pk=OuterRef("entitlement"))
    rows.update(start=Coalesce(Subquery(kinds.values("start")[:1]), F("left")))
    rows.filter(start__lt=F("left")).update(start=F("left"))
    rows.update(taken=F("start") - F("left"), forgotten=F("start") - F("left"))


def _to(model: str, **options: Any) -> models.ForeignKey[Any, Any]:
    options.setdefault("on_delete", django.db.models.deletion.PROTECT)
    return models.ForeignKey(related_name="+", to=model, **options)


_RETURN = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("reference", models.CharField(max_length=20, unique=True)),
    ("round", models.PositiveIntegerField()),
    ("taken_at", models.DateTimeField()),
    ("place", models.CharField(blank=True, max_length=100)),
    (
        "state",
        models.CharField(
            choices=[
                ("asked", "Asked for"),
                ("given", "Given back"),
                ("refused", "Not given back"),
                ("undone", "Taken again"),
            ],
            max_length=10,
        ),
    ),
    ("wish", models.CharField(blank=True, max_length=300)),
    ("reason", models.CharField(blank=True, max_length=300)),
    ("changed_at", models.DateTimeField(db_index=True)),
    ("changed_by", models.CharField(blank=True, max_length=120)),
    ("person", _to("kernel_org.person", on_delete=django.db.models.deletion.CASCADE)),
    ("reader", _to("fronts_codes.reader")),
    ("entitlement", _to("fronts_codes.entitlement", db_index=False)),
]
_TALLY = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("day", models.DateField()),
    ("accepted", models.PositiveIntegerField(default=0)),
    ("taken", models.PositiveIntegerField(default=0)),
    ("refused", models.PositiveIntegerField(default=0)),
    ("given_back", models.PositiveIntegerField(default=0)),
    ("counted_at", models.DateTimeField()),
    ("reader", _to("fronts_codes.reader", db_index=False)),
    ("entitlement", _to("fronts_codes.entitlement", db_index=False)),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_codes", "0003_named_bodies")]

    operations: ClassVar[list[Any]] = [
        *(migrations.AddField("Counter", name, models.PositiveIntegerField(default=0)) for name in _COUNT),
        migrations.AddField("Counter", "round", models.PositiveIntegerField(default=1)),
        migrations.AddField("Scan", "took", models.PositiveIntegerField(default=0)),
        migrations.RunPython(forward, migrations.RunPython.noop),
        migrations.CreateModel("Return", _RETURN, options={"ordering": ["-changed_at", "-id"]}),
        migrations.CreateModel("Tally", _TALLY, options={"ordering": ["-day", "id"]}),
        migrations.AddConstraint(
            "Tally", models.UniqueConstraint(fields=["day", "reader", "entitlement"], name="tally_once")
        ),
    ]
