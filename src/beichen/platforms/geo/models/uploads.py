"""Files that people brought as layers, each with what was found in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, random_code
from beichen.platforms.geo.models.layers import Layer
from beichen.platforms.geo.models.revisions import Revision


class UploadState(models.TextChoices):
    """How far an upload is."""

    WAITING = "waiting", "等待"
    READING = "reading", "读取中"
    DONE = "done", "完成"
    REFUSED = "refused", "退回"


class Upload(models.Model):
    """One file: its content's hash, how it was to be read, how far it is, and the report of its features.

    ``options`` are the person's: ``layer`` (of the file), ``crs``, ``longitude``, ``latitude``, ``key``.
    ``problems`` holds the first of the report's lines; all of them are the CSV ``report`` in the file store.
    """

    code = models.CharField(max_length=16, unique=True, default=random_code)
    layer = models.ForeignKey(Layer, models.SET_NULL, null=True, related_name="uploads")
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="uploads")
    name = models.CharField(max_length=200)
    hash = models.CharField(max_length=64)
    size = models.BigIntegerField()
    options = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.WAITING)
    read = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    report = models.CharField(max_length=64, blank=True)
    level = models.PositiveSmallIntegerField(default=Level.L2.value)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="layer_uploads")
    brought_at = models.DateTimeField(auto_now_add=True)
    brought_by = models.CharField(max_length=100)
    done_at = models.DateTimeField(null=True)

    ACCESS: ClassVar = ScopeFields(body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["layer", "-id"], name="upload_of_layer")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
