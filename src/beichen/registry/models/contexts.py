"""Contexts that the house keeps: hosted by users, cached from elsewhere, made for a subscription."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.registry.columns import PlainText

CONTEXT_URL_LENGTH = 1000


class ContextKind(models.TextChoices):
    """Where a context came from (clause 5.13)."""

    HOSTED = "Hosted", "托管"
    CACHED = "Cached", "缓存"
    IMPLICIT = "ImplicitlyCreated", "隐式创建"


class KeptContext(models.Model):
    """A JSON-LD @context. ``body`` is the value of its @context as JSON, and never changes but by reload.

    ``url`` is set for cached ones: where it was fetched. The others are served under ``key``.
    """

    id = models.BigAutoField(primary_key=True)
    key = PlainText(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=ContextKind)
    url = PlainText(max_length=CONTEXT_URL_LENGTH, blank=True)
    body = models.TextField()
    owner = models.CharField(max_length=120, blank=True)  # the key of the actor who added it
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    hits = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["url"], condition=~models.Q(url=""), name="context_url_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "id"], name="context_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.url or self.key}"
