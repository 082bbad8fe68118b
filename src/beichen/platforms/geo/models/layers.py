"""Layers (图层), and apart from them the GeoJSON of those that a package brought.

The content is its own row, so that a list of layers never reads it. It is kept gzipped with a fixed
time stamp: the same features are the same bytes, and an answer is sent as it lies in the table.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body


class GeometryKind(models.TextChoices):
    """The one kind of geometry of a layer; its multi-form counts as the same."""

    POINT = "point", "点"
    LINE = "line", "线"
    POLYGON = "polygon", "面"


class Origin(models.TextChoices):
    """Where a layer's features come from."""

    PACKAGE = "package", "数据包"
    UPLOAD = "upload", "上传"
    OBJECTS = "objects", "城市对象"
    TABLE = "table", "数据表"


class Layer(models.Model):
    """A set of features of one kind that is drawn and read as a whole, with its source and licence.

    ``particulars`` says what of its origin is meant: ``{"type": …}`` of objects, ``{"table": …,
    "longitude": …, "latitude": …}`` of a table, ``{"key": …}``, the property that names a feature.
    ``dimensions`` names the fields that hold a feature's time and height: ``valid_from``, ``valid_to``,
    ``height`` and ``base`` (metres over the ground), ``storeys``, ``depth`` (metres below it), and those of a
    landmark's ``model`` (its address), ``heading`` (degrees from north, clockwise) and ``scale``. ``legend``
    says how values are drawn, see :mod:`beichen.platforms.geo.legends`. ``edition`` grows with every edit
    of a feature, ``edits`` counts those that are not yet in a revision.
    """

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
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="layers")
    group = models.CharField(max_length=60, blank=True)
    group_en = models.CharField(max_length=120, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.PACKAGE)
    particulars = models.JSONField(default=dict)
    dimensions = models.JSONField(default=dict)
    legend = models.JSONField(default=dict)
    revision = models.ForeignKey("Revision", models.SET_NULL, null=True, related_name="+")
    edition = models.PositiveBigIntegerField(default=0)
    edits = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    ACCESS: ClassVar = ScopeFields(level="level")

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
