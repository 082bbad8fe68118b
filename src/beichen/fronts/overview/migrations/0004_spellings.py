"""How names are typed in Latin letters."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of spellings; it is filled by the worker."""

    dependencies = [("fronts_overview", "0003_screens")]

    operations = [
        migrations.CreateModel(
            name="Spelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("keys", models.CharField(max_length=1300)),
            ],
            options={"ordering": ["id"]},
        ),
    ]
