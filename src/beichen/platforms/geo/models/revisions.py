"""The states of a layer: revisions, each a whole file, and the edits that lie over the present one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.platforms.geo.models.layers import Layer


class Revision(models.Model):
    """A layer's features as they were at a time: a GeoParquet file under its hash in the file store.

    A row is written when its file is whole and kept, and never changed. ``fields`` are the file's, as
    ``{"name", "kind", "title", "title_en"}``; ``of`` says what it was made from: the hash of an upload, the
    version of a table, the edition of the layer's edits.
    """

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    hash = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    feature_count = models.PositiveIntegerField()
    fields = models.JSONField(default=list)
    of = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["layer", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["layer", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.layer_id} revision {self.number}"


class Edit(models.Model):
    """What was written of one feature since the layer's revision; ``document`` is empty for one removed.

    ``document`` is the whole feature as GeoJSON, ``version`` what its entity tag is made of. The box is in
    degrees; of a removed feature it is the whole world and nothing asks for it.
    """

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="edited")
    key = models.CharField(max_length=200)
    document = models.TextField(blank=True)
    version = models.PositiveBigIntegerField()
    region = models.CharField(max_length=140, blank=True)
    west = models.FloatField(default=-180)
    south = models.FloatField(default=-90)
    east = models.FloatField(default=180)
    north = models.FloatField(default=90)
    edited_at = models.DateTimeField(auto_now=True)
    edited_by = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["layer", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["layer", "key"], name="edit_once_a_feature"),
        ]

    def __str__(self) -> str:
        return f"{self.layer_id} {self.key}"
