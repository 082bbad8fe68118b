"""Histories (clause 5.6.11 and following): what is known of an entity's past beside its versions.

The versions of an object already say how its attributes changed. Here stands what clients wrote about the
past, which instances of either they removed, and from when on a history counts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.registry.columns import PlainText
from beichen.registry.models.objects import NAME_LENGTH, URN_LENGTH, ObjectType


class History(models.Model):
    """The history of an entity id. ``from_at`` hides the versions before a removal of the history."""

    id = models.BigAutoField(primary_key=True)
    urn = PlainText(max_length=URN_LENGTH, unique=True)
    type = models.ForeignKey(ObjectType, models.PROTECT, related_name="histories", db_index=False)
    types = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(default=Level.L1.value)
    is_own = models.BooleanField(default=True)  # clients wrote it; false: it only says what is hidden
    from_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    ACCESS: ClassVar = ScopeFields(region="region__path", body="body__path", level="level")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["type", "id"], name="history_type")]

    def __str__(self) -> str:
        return str(self.urn)


class HistoryInstance(models.Model):
    """One instance of an attribute at a time, as a client wrote it.

    An override stands in the place of an instance that a version began, and has its key: changed, or, with
    an empty document, removed.
    """

    id = models.BigAutoField(primary_key=True)
    history = models.ForeignKey(History, models.CASCADE, related_name="instances", db_index=False)
    key = PlainText(max_length=120, unique=True)  # the instanceId
    attribute = PlainText(max_length=NAME_LENGTH)
    dataset = PlainText(max_length=URN_LENGTH, blank=True)
    document = models.TextField(blank=True)
    observed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    is_override = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["history", "attribute", "observed_at"], name="history_observed"),
            models.Index(fields=["history"], condition=models.Q(is_override=True), name="history_override"),
        ]

    def __str__(self) -> str:
        return f"{self.history_id} {self.attribute} {self.key}"
