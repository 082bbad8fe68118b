"""What comes in: a report is one message of one side; who sent it is kept apart and is L3."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.hubs.events.models.kind import EventKind
from beichen.hubs.events.words import Channel
from beichen.kernel.levels import Level, ScopeFields
from beichen.kernel.org.models import Person, Region, random_code


class Reporter(models.Model):
    """Who sent a report, as far as they said. Erased on request; the report stays."""

    code = models.CharField(max_length=16, unique=True, default=random_code)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    wants_callback = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)

    FIELD_LEVELS: ClassVar = {"name": Level.L3, "phone": Level.L3, "email": Level.L3}

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"reporter {self.pk}"


class Report(models.Model):
    """One report (诉求): durable once it is answered with its code.

    ``channel`` and ``key`` together are the sender's own identity of it: the same pair comes in once.
    ``secret`` is the code with which it is followed without an account; a repetition tells it again.
    """

    code = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    key = models.CharField(max_length=200, null=True)  # noqa: DJ001 - empty keys must not collide
    case = models.ForeignKey("Case", models.PROTECT, related_name="reports")
    kind = models.ForeignKey(EventKind, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    answers = models.JSONField(default=dict)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    address = models.CharField(max_length=200, blank=True)
    media_url = models.CharField(max_length=500, blank=True)  # shown to staff as a link, never fetched
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="reports")
    secret = models.CharField(max_length=64)
    taken_by = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    rating = models.PositiveSmallIntegerField(null=True)
    opinion = models.CharField(max_length=1000, blank=True)
    rated_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)

    ACCESS: ClassVar = ScopeFields(region="region__path")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "key"], name="report_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["received_at", "id"], name="report_received"),
        ]

    def __str__(self) -> str:
        return self.code
