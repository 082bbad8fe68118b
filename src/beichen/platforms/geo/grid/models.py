"""What is kept: the shape of each management cell, and the H3 cells that it touches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.org.models import Region


class GridCell(models.Model):
    """The area of a management cell (单元网格). ``shape`` is WKB in WGS 84, ``area_m2`` on the ellipsoid."""

    region = models.OneToOneField(Region, models.PROTECT, related_name="+")
    shape = models.BinaryField()
    area_m2 = models.FloatField()
    longitude = models.FloatField()
    latitude = models.FloatField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"cell of {self.region_id}"


class GridCover(models.Model):
    """A management cell touches an H3 cell of resolution 10: a point's few candidates are found by it."""

    grid = models.ForeignKey(GridCell, models.CASCADE, related_name="covers")
    cell = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["cell"], name="grid_cover_cell")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grid", "cell"], name="grid_cover_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cell:x}"
