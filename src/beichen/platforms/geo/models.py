"""What is kept: layers (图层), and apart from them the GeoJSON that each one serves.

The content is its own row, so that a list of layers never reads it. It is kept gzipped with a fixed
time stamp: the same features are the same bytes, and an answer is sent as it lies in the table.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class GeometryKind(models.TextChoices):
    """The one kind of geometry of a layer; its multi-form counts as the same."""

    POINT = "point", "点"
    LINE = "line", "线"
    POLYGON = "polygon", "面"


class Layer(models.Model):
    """A set of features of one kind that is drawn and read as a whole, with its source and licence."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=GeometryKind)
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=60)
    attribution = models.CharField(max_length=200)
    min_zoom = models.PositiveSmallIntegerField(default=0)
    max_zoom = models.PositiveSmallIntegerField(default=22)
    style = models.JSONField(default=dict)
    region_property = models.CharField(max_length=60, blank=True)
    replaceable = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=80)  # the package that declares it
    is_current = models.BooleanField(default=True)  # still declared by its package
    is_shown = models.BooleanField(default=True)  # a steward's choice, which loading leaves alone
    sha256 = models.CharField(max_length=64)
    feature_count = models.PositiveIntegerField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["order", "key"]
        indexes: ClassVar = [
            models.Index(fields=["is_current", "is_shown", "order", "key"], name="layer_in_order"),
            models.Index(fields=["owner"], name="layer_owner"),
        ]

    def __str__(self) -> str:
        return self.key


class LayerContent(models.Model):
    """The GeoJSON of a layer, gzipped."""

    layer = models.OneToOneField(Layer, models.CASCADE, primary_key=True, related_name="content")
    gzipped = models.BinaryField()

    class Meta:
        verbose_name_plural = "layer contents"

    def __str__(self) -> str:
        return f"content of {self.layer_id}"
