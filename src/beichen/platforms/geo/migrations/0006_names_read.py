"""When the names of the registry's things were read, so that a house that stood before reads them once."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """See :class:`beichen.platforms.geo.addresses.models.Gazetteer`."""

    dependencies: ClassVar = [("platforms_geo", "0005_grid")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="gazetteer",
            name="read_at",
            field=models.DateTimeField(null=True),
        ),
    ]
