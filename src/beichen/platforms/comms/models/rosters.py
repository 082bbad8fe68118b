"""Rosters: hours that must be covered, and the shifts of those who cover them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Person
from beichen.platforms.comms.models.people import Group


class Roster(models.Model):
    """A duty that somebody always or at certain hours holds (值班表).

    ``cover`` are ``{"days": ["mon"], "from": "08:00", "until": "20:00"}``; empty is always. ``fallback`` is
    told when a message finds nobody on duty.
    """

    key = models.SlugField(max_length=60, unique=True)
    owner = models.CharField(max_length=80)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    cover = models.JSONField(default=list)
    fallback = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    is_current = models.BooleanField(default=True)

    ACCESS: ClassVar = ScopeFields(region="body__region__path", body="body__path")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """A person holds a roster's duty from a time until a time, the end not included (班次)."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="shifts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["starts", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")), name="comms_shift_forward"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["roster", "ends"], name="comms_shift_times")]

    def __str__(self) -> str:
        return f"{self.person} {self.starts:%Y-%m-%d %H:%M}"
