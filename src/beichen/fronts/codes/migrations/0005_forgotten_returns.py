"""Where and when something was taken is forgotten with its scan; who asked may say that they no longer do.

Reversible, but for what was forgotten: its time is then the time of the decision.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef

_STATES = [
    ("asked", "Asked for"),
    ("given", "Given back"),
    ("refused", "Not given back"),
    ("undone", "Taken again"),
    ("withdrawn", "No longer asked for"),
]


def forward(apps: Any, _editor: Any) -> None:
    """What outlived its scan."""
    scans = apps.get_model("fronts_codes", "Scan").objects.filter(nonce=OuterRef("reference"))
    rows = apps.get_model("fronts_codes", "Return").objects.filter(~Exists(scans))
    rows.update(place="", taken_at=None)


def backward(apps: Any, _editor: Any) -> None:
    """The column may not be empty then, and the state is not known."""
    rows = apps.get_model("fronts_codes", "Return").objects
    rows.filter(taken_at=None).update(taken_at=F("changed_at"))
    rows.filter(state="withdrawn").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_codes", "0004_returns")]

    operations: ClassVar = [
        migrations.AlterField("return", "taken_at", models.DateTimeField(null=True)),
        migrations.AlterField("return", "state", models.CharField(choices=_STATES, max_length=10)),
        migrations.RunPython(forward, backward),
    ]
