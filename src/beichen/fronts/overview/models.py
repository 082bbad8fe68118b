"""What scenes put upon the overview: cards, each an indicator."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Card(models.Model):
    """An indicator on the screen, where its scene names it; blank titles are the indicator's."""

    owner = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    indicator = models.SlugField(max_length=80)
    title = models.CharField(max_length=60, blank=True)
    title_en = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["owner", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "indicator"], name="card_once_a_scene"),
        ]

    def __str__(self) -> str:
        return self.indicator
