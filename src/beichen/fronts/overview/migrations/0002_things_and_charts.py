"""Things on the map, and charts of scenes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fronts_overview", "0001_cards")]

    operations = [
        migrations.CreateModel(
            name="Plot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField()),
                ("indicator", models.SlugField(max_length=80)),
                ("every", models.CharField(max_length=10)),
                ("form", models.CharField(max_length=10)),
                ("title", models.CharField(blank=True, max_length=60)),
                ("title_en", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "ordering": ["owner", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "indicator", "every"), name="plot_once_a_scene"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThingLayer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=160, unique=True)),
                ("type", models.CharField(max_length=80)),
                ("shows", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=60)),
                ("title_en", models.CharField(max_length=100)),
                ("tones", models.JSONField(default=list)),
            ],
            options={"ordering": ["owner", "position"]},
        ),
    ]
