"""Where an entitlement is boarded with: objects at whose codes its code is shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fronts_codes", "0001_codes")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("entitlement", "board", models.JSONField(default=list)),
    ]
