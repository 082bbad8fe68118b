"""What is kept: one row for each attachment; equal contents share one stored object."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region, random_code


class StoredFile(models.Model):
    """An attachment: its content's SHA-256, its name, and who may read it."""

    code = models.CharField(max_length=16, unique=True, default=random_code)
    hash = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="files")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="files")
    stored_at = models.DateTimeField(auto_now_add=True)
    stored_by = models.CharField(max_length=100)

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:12]}"
