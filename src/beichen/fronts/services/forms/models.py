"""What is kept of forms: each version, under the scene that declares it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from beichen.kernel.columns import DeclarationField


class FormVersion(models.Model):
    """One version of a form. Never changed: an application is judged by the one it was begun with."""

    key = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    scene = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    declared = DeclarationField()
    is_newest = models.BooleanField(default=True)
    is_offered = models.BooleanField(default=True)
    installed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["key", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "number"], name="form_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(is_newest=True), name="form_newest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name
