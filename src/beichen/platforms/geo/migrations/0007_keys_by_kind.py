"""Keys of places know their place's kind, and each index of them answers from itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

KINDS = [
    ("address", "Address"),
    ("road", "Road"),
    ("region", "Region"),
    ("object", "Thing or facility"),
    ("feature", "Feature of the map"),
]
FILL = (
    "UPDATE platforms_geo_placekey SET kind ="
    " (SELECT place.kind FROM platforms_geo_place AS place WHERE place.id = platforms_geo_placekey.place_id)"
)


class Migration(migrations.Migration):
    """See :class:`beichen.platforms.geo.addresses.models.PlaceKey`."""

    dependencies: ClassVar = [("platforms_geo", "0006_names_read")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="placekey", name="place_key"),
        migrations.RemoveIndex(model_name="placekey", name="place_key_weight"),
        migrations.AddField(
            model_name="placekey",
            name="kind",
            field=models.CharField(max_length=10, choices=KINDS, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="placekey",
            index=models.Index(fields=["key", "weight", "kind", "place"], name="place_key_beginning"),
        ),
        migrations.AddIndex(
            model_name="placekey",
            index=models.Index(fields=["weight", "key", "place"], name="place_key_by_weight"),
        ),
        migrations.AddIndex(
            model_name="placekey",
            index=models.Index(fields=["weight", "kind", "key", "place"], name="place_key_by_kind"),
        ),
    ]
