"""Timetables of commands as scenes declare them, and which one a group follows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beichen.platforms.iot.models.devices import DeviceGroup


class Timetable(models.Model):
    """A scene's timetable. ``key`` is ``scene.timetable``; one that is no longer declared is followed on."""

    key = models.CharField(max_length=130, unique=True)
    scene = models.CharField(max_length=60)
    name = models.CharField(max_length=2000, blank=True)
    name_en = models.CharField(max_length=2000, blank=True)
    type = models.CharField(max_length=60)  # of things, by its key
    entries = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [models.Index(fields=["scene", "key"], name="iot_timetable_scene")]

    def __str__(self) -> str:
        return self.key


class Following(models.Model):
    """By what a group is told: a scene's timetable, or ``entries`` of its own where they are not None.

    ``next_at`` is when it is told next, and moves on in the transaction that orders the commands.
    ``outcome`` is what became of the last time; ``place`` where the sun is looked for.
    """

    group = models.OneToOneField(DeviceGroup, models.CASCADE, related_name="following")
    timetable = models.ForeignKey(
        Timetable,
        models.PROTECT,
        null=True,
        related_name="followings",  # codespell:ignore followings
    )
    entries = models.JSONField(null=True)
    is_on = models.BooleanField(default=True)
    place = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["group"]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(is_on=True), name="iot_following_due"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.timetable_id or 'its own'}"
