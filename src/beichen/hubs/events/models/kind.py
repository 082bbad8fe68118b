"""Categories and kinds of event, as scenes declare them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language

from beichen.kernel.columns import DeclarationField


class _Named(models.Model):
    """A name in Chinese and in English."""

    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


class Category(_Named):
    """A class of components or events of the city (GB/T 30428.2 大类、小类), or of the hotline's."""

    code = models.CharField(max_length=20, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    keywords = models.JSONField(default=list)
    scene = models.CharField(max_length=60)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class EventKind(_Named):
    """A kind of event as a scene declares it; ``declared`` is its entry of `events.yaml`."""

    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=500, blank=True)
    about_en = models.CharField(max_length=1000, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="kinds")
    scene = models.CharField(max_length=60, db_index=True)
    is_public = models.BooleanField(default=False)
    listens = models.BooleanField(
        default=False
    )  # to events of the bus, by its patterns in ``declared["on"]``
    declared = DeclarationField(default=dict)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def description(self) -> str:
        """What it is about, in the reader's language."""
        return self.about_en if (get_language() or "").startswith("en") else self.about
